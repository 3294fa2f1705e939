import Foundation
import Synchronization
import Testing

/// A race for `make test-tsan` to find, which begins with it: that the other tests are silent then says something.
@Suite struct PlantedRaceTests {
    private static let isPlanted = ProcessInfo.processInfo.environment["CHECKOUT_PLANT_RACE"] != nil

    @Test(.enabled(if: isPlanted, "only make test-tsan wants it"))
    func `threads that add to one number without a lock are reported`() {
        #expect(Race().run() == 20_000)
    }
}

/// Two threads that contend for a mutex first, by the way that ThreadSanitizer is told of, and race then.
private final class Race: Sendable {
    private let guarded = Mutex(0)
    private nonisolated(unsafe) var unguarded = 0
    private let arrivals = Atomic(0)

    /// - Returns: what they counted with the mutex.
    func run() -> Int {
        for _ in 0..<2 {
            Thread.detachNewThread { [self] in
                meet(2)
                for _ in 0..<10_000 { guarded.withLock { $0 += 1 } }
                meet(4)
                for _ in 0..<10_000 { unguarded += 1 }
                meet(6)
            }
        }
        while arrivals.load(ordering: .acquiring) < 6 { Thread.sleep(forTimeInterval: 0.001) }
        return guarded.withLock { $0 }
    }

    /// Goes on when both threads are here.
    private func meet(_ count: Int) {
        arrivals.add(1, ordering: .acquiringAndReleasing)
        while arrivals.load(ordering: .acquiring) < count {}
    }
}
