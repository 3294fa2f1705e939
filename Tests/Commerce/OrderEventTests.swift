import Commerce
import Foundation
import StripeModels
import Testing

@Suite struct OrderEventTests {
    @Test(arguments: [
        ("succeeded", OrderEvent.paymentSucceeded), ("canceled", .canceled),
        ("requires_action", .actionRequired(.read)),
        ("processing", .processingStarted(.read)), ("requires_capture", .processingStarted(.read)),
    ])
    func `a PaymentIntent's status is an event`(_ status: String, event: OrderEvent) throws {
        #expect(OrderEvent(try intent(status), .read) == event)
    }

    @Test(arguments: ["requires_payment_method", "requires_confirmation", "a_status_of_2031"])
    func `one that waits, or that we do not know, says nothing`(_ status: String) throws {
        #expect(OrderEvent(try intent(status), .read) == nil)
    }

    @Test func `a failed attempt carries the issuer's reason`() throws {
        let declined = try intent("requires_payment_method", declineCode: "insufficient_funds")
        #expect(
            OrderEvent(declined, .reported)
                == .paymentFailed(OrderFailure(code: "insufficient_funds", message: "Declined.")))
    }

    @Test func `an error of an earlier attempt is no failure of one that succeeded`() throws {
        #expect(OrderEvent(try intent("succeeded", declineCode: "generic_decline"), .read) == .paymentSucceeded)
        #expect(
            OrderEvent(try intent("processing", declineCode: "generic_decline"), .read) == .processingStarted(.read))
    }
}
