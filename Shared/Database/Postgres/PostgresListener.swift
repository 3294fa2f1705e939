import Foundation
import Synchronization

/// The thread that waits for other processes' notifications.
final class PostgresListener: Sendable {
    /// PostgreSQL's channel; ours is the payload, so that one LISTEN serves all.
    static let channel = "checkout_wake_ups"

    private let hub: WakeUpHub
    private let isStopped = Atomic(false)

    init(hub: WakeUpHub) { self.hub = hub }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    func serve(_ session: PostgresSession) {
        while !isStopped.load(ordering: .relaxed) {
            do {
                let connection = try session.connected()
                try connection.set("LISTEN \(Self.channel)")
                // Whatever was committed while nobody listened.
                hub.signalAll()
                while !isStopped.load(ordering: .relaxed) { try pass(connection) }
            } catch {
                session.drop()
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }

    /// Waits a moment for news, so that a stop is seen, and hands it on.
    private func pass(_ connection: PostgresConnection) throws {
        var descriptor = pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 200) > 0 else { return }
        for channel in Set(try connection.notifications()) { hub.signal(channel) }
    }
}
