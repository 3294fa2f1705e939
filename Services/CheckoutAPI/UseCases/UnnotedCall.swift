import Commerce
import Database
import ServiceRuntime

/// A call to Stripe that no row of ours stands for: a product, a price, a change of a subscription.
///
/// There is nothing to note before Stripe is asked, so its key comes from the request (see `CallKey`), and the request
/// that is repeated is the same call.
struct UnnotedCall: TwoStepCall {
    let requestID: String
    /// Asks Stripe and words what came of it.
    let perform: @Sendable () async throws -> Reply

    func begin(resuming order: OrderID?, in connection: Connection) throws -> Begun<Void> {
        .noted((), order: nil)
    }

    func ask(by note: Void) async throws -> Reply {
        do {
            return try await perform()
        } catch let refusal as StripeRefusal {
            return Reply(refusal.error, requestID: requestID)
        }
    }

    func finish(_ note: Void, with answer: Reply, in connection: Connection) throws -> Reply { answer }

    func giveUp(_ note: Void, after error: any Error, isRepeatable: Bool, in connection: Connection) throws {}
}
