/// How a handler says what becomes of its job. Any other error it throws means `retry` by its policy.
package struct JobFailure: Error, Sendable, CustomStringConvertible {
    package enum Fate: Sendable, Hashable {
        /// Again by the policy, but not before this is over: whoever asks for less would use up the attempts while it is
        /// still down. The attempt is counted.
        case retry(after: Duration?)
        /// To the dead letters: trying again cannot help.
        case bury
        /// Again after this; the attempt is not counted, for nothing is wrong with the job.
        case release(after: Duration)
    }

    /// What the attempt says about its destination, where the job goes to one.
    package struct Destination: Sendable, Hashable {
        let isAnswering: Bool
        /// Whether it is where the jobs of all tenants go; else it is this tenant's own.
        let isShared: Bool

        package static let answered = Destination(isAnswering: true, isShared: false)
        /// No connection, or no answer in time: what opens its circuit breaker.
        package static let unreachable = Destination(isAnswering: false, isShared: false)

        /// The same of a destination to which all tenants' jobs of the kind go.
        package var ofAllTenants: Destination { Destination(isAnswering: isAnswering, isShared: true) }
    }

    package let fate: Fate
    /// Kept with the job for the operator: no secrets.
    package let reason: String
    /// `nil`: it was not tried.
    package let destination: Destination?

    package static func retry(
        _ reason: String, after: Duration? = nil, destination: Destination? = nil
    ) -> JobFailure {
        JobFailure(fate: .retry(after: after), reason: reason, destination: destination)
    }

    package static func bury(_ reason: String, destination: Destination? = nil) -> JobFailure {
        JobFailure(fate: .bury, reason: reason, destination: destination)
    }

    package static func release(_ reason: String, after: Duration) -> JobFailure {
        JobFailure(fate: .release(after: after), reason: reason, destination: nil)
    }

    package var description: String { reason }
}
