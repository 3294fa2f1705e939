import Glibc
import Testing

@testable import ServiceRuntime

@Suite(.serialized, .timeLimit(.minutes(1))) struct ShutdownSignalTests {
    /// Collects how the process would have ended.
    private final class Endings: Sendable {
        private let (stream, source) = AsyncStream<ShutdownSignals.Ending>.makeStream()
        var end: @Sendable (ShutdownSignals.Ending) -> Void { { [source] in source.yield($0) } }
        func next() async -> ShutdownSignals.Ending? { await stream.first { _ in true } }
    }

    @Test func `the first signal asks, the second ends at once`() async {
        let endings = Endings()
        let signals = ShutdownSignals([SIGUSR1], end: endings.end)
        signals.startServing()
        kill(getpid(), SIGUSR1)
        #expect(await signals.first() == SIGUSR1)
        kill(getpid(), SIGUSR1)
        #expect(await endings.next() == .secondSignal(SIGUSR1))
        signals.stop()
    }

    @Test func `a signal before anything is served ends at once`() async {
        let endings = Endings()
        let signals = ShutdownSignals([SIGUSR2], end: endings.end)
        kill(getpid(), SIGUSR2)
        #expect(await endings.next() == .signalBeforeStart)
        signals.stop()
    }

    @Test func `two different signals in one breath are one request`() async {
        let endings = Endings()
        let signals = ShutdownSignals([], end: endings.end)
        signals.startServing()
        signals.received(SIGINT)
        signals.received(SIGTERM)
        signals.received(SIGINT)
        #expect(await endings.next() == .secondSignal(SIGINT))
    }

    @Test func `no deadline counts once everything has ended`() async throws {
        let endings = Endings()
        let signals = ShutdownSignals([], end: endings.end)
        let later = ShutdownSignals([], end: endings.end)
        signals.setDeadline(.milliseconds(5))
        signals.stop()
        // Set later on another queue: by the time it fires, the first would have.
        later.setDeadline(.milliseconds(50))
        #expect(await endings.next() == .deadline)
        later.stop()
    }
}
