import Testing

@testable import Messaging

@Suite struct PollPaceTests {
    @Test func `polls grow rare while nothing is found, and frequent again when something is`() {
        let pace = PollPace()
        for _ in 0..<3 {
            for milliseconds in [250, 500, 1000, 2000, 2000, 2000] {
                let base = Duration.milliseconds(milliseconds)
                let pause = pace.next()
                #expect(pause >= base * 0.8 && pause <= base * 1.2)
            }
            for _ in 0..<1000 { #expect(pace.next() <= .seconds(2) * 1.2) }
            pace.quicken()
        }
    }

    @Test func `two workers that start together do not poll together`() {
        let (a, b) = (PollPace(), PollPace())
        let pauses = (0..<20).map { _ in (a.next(), b.next()) }
        #expect(pauses.contains { $0 != $1 })
    }
}
