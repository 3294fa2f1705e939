import Commerce
import Database
import ServiceRuntime

/// A request that changes something at Stripe: note what is wanted, ask Stripe, note what came of it.
///
/// Nothing is asked that was not noted before, under keys that come from the note. So whatever breaks between two
/// steps, doing all of it again repeats the same call to Stripe, which answers it as before.
protocol TwoStepCall: Sendable {
    /// What the first step noted, and the second asks by.
    associatedtype Note: Sendable
    /// What Stripe said: also a refusal, if it is final.
    associatedtype Answer: Sendable

    /// Notes what is wanted, or answers at once where there is nothing to ask.
    /// - Parameter order: the order that an earlier try with the same `Idempotency-Key` made.
    func begin(resuming order: OrderID?, in connection: Connection) throws -> Begun<Note>

    /// Asks Stripe.
    /// - Throws: `APIError` where trying again may help.
    func ask(by note: Note) async throws -> Answer

    /// Notes what came of it, and words the answer.
    func finish(_ note: Note, with answer: Answer, in connection: Connection) throws -> Reply

    /// Notes that asking came to nothing, although asking again may.
    /// - Parameter isRepeatable: whether the caller has an `Idempotency-Key` to repeat the request with.
    func giveUp(_ note: Note, after error: any Error, isRepeatable: Bool, in connection: Connection) throws
}

/// What the first step of a `TwoStepCall` came to.
enum Begun<Note: Sendable>: Sendable {
    case answered(Reply)
    /// - Parameter order: what a repetition with the same key resumes.
    case noted(Note, order: OrderID?)
}
