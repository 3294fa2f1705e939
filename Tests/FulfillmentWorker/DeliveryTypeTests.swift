import Commerce
import Testing

@testable import FulfillmentWorker

@Suite struct DeliveryTypeTests {
    @Test(arguments: OrderStatus.allCases)
    func `a message is overtaken by what makes it false, and the good end never is`(_ status: OrderStatus) {
        let open: Set<OrderStatus> = [.pending, .requiresAction, .processing, .failed]
        #expect(DeliveryType.orderFailed.isOvertaken(by: status) == !open.contains(status))
        #expect(DeliveryType.orderRequiresAction.isOvertaken(by: status) == (status != .requiresAction))
        #expect(!DeliveryType.orderActivated.isOvertaken(by: status))
        #expect(!DeliveryType.orderCanceled.isOvertaken(by: status))
        for type in DeliveryType.allCases where type.isOvertaken(by: status) { #expect(type.canBeOvertaken) }
    }
}
