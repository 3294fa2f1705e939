import Messaging

/// When a delivery is tried again.
enum DeliverySchedule {
    /// The contract's: about three days in all. Each delay carries ±20 %.
    static let standard: [Duration] = [
        .seconds(5), .minutes(5), .minutes(30), .hours(2), .hours(5), .hours(10), .hours(14), .hours(20), .hours(24),
    ]

    /// A delivery's job may be claimed 25 times, whoever stored it: once more than there are delays, and some times for
    /// workers that die.
    static let longest = 20
}

extension Duration {
    static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
}
