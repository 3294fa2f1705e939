import Synchronization

/// Does a piece of work once for all who ask for it at the same time.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Value, any Error>?, Never>

    private let flights = Mutex<[Key: [Waiter]]>([:])

    /// How many wait for another's work.
    var waiting: Int { flights.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// What `work` comes to, done here or by whoever asked first. Work that was canceled, since its client left, is
    /// begun again by one of the others.
    func run(_ key: Key, _ work: () async throws -> Value) async throws -> Value {
        while true {
            if takes(key) { return try await lead(key, work) }
            let result = await withCheckedContinuation { (waiter: Waiter) in
                let isOver = flights.withLock { flights in
                    guard flights[key] != nil else { return true }
                    flights[key]?.append(waiter)
                    return false
                }
                if isOver { waiter.resume(returning: nil) }
            }
            if let result { return try result.get() }
        }
    }

    private func takes(_ key: Key) -> Bool {
        flights.withLock { flights in
            guard flights[key] == nil else { return false }
            flights[key] = []
            return true
        }
    }

    private func lead(_ key: Key, _ work: () async throws -> Value) async throws -> Value {
        do {
            let value = try await work()
            finish(key, .success(value))
            return value
        } catch {
            finish(key, error is CancellationError ? nil : .failure(error))
            throw error
        }
    }

    private func finish(_ key: Key, _ result: Result<Value, any Error>?) {
        for waiter in flights.withLock({ $0.removeValue(forKey: key) }) ?? [] { waiter.resume(returning: result) }
    }
}
