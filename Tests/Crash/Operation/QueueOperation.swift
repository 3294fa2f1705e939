/// What services do to the inbox and the queue, each in a call of its own. What operators do is `checkoutctl`'s.
package enum QueueOperation: String, Sendable, Codable, CaseIterable {
    case recordEvents, recordShared, enqueue, claim, renew
    case completeWithEffects, completeMany, completeWithOthers, closeBreaker
    case retry, retryUnreachable, release, releaseMany, bury
    case removeOld, takeDuty, keepDuty, finishDuty
    case migrate
}

/// What a process is to do, and what it needs to know of the prepared data.
package struct Assignment: Sendable, Codable {
    package let operation: QueueOperation
    package let url: String
    /// µs since 1970: where the test's clock stands. (PostgreSQL reads a clock of its own, in the test's database.)
    package let now: Int64
    package let held: Held

    package init(_ operation: QueueOperation, url: String, now: Int64, held: Held) {
        self.operation = operation
        self.url = url
        self.now = now
        self.held = held
    }
}

/// What its process holds or is about: leases and duties are tokens, which only their holder knows.
package struct Held: Sendable, Codable {
    package struct Job: Sendable, Codable {
        package let id: Int64
        package let token: String

        package init(id: Int64, token: String) {
            self.id = id
            self.token = token
        }
    }

    /// An event's job, and the event.
    package var eventJob = Job(id: 0, token: "")
    package var event = ""
    /// Deliveries of `Sample.tenants[0]`.
    package var deliveries: [Job] = []
    /// A delivery that was under way when its lane's breaker opened.
    package var lastDelivery = Job(id: 0, token: "")
    /// A dead letter, and the event that failed with it.
    package var deadJob: Int64 = 0
    package var failedEvent = ""
    /// Who has `Sample.heldDuty`.
    package var dutyHolder = ""

    package init() {}
}
