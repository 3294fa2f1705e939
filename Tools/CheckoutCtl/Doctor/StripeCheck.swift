import Foundation
import StripeClient

/// Whether Stripe can be reached from here, and whether its clock and ours agree.
struct StripeCheck {
    let base: String
    let stripe: StripeClient

    func findings() async -> [Finding] {
        do {
            let reach = try await stripe.reach()
            let milliseconds = Int(reach.roundTrip / .milliseconds(1))
            return [
                .ok("Stripe", "\(base) answers in \(milliseconds) ms"),
                Self.clock(reach.serverTime, roundTrip: reach.roundTrip, now: Date()),
            ]
        } catch {
            return [
                .wrong(
                    "Stripe", CommandFailure(error).message,
                    mend: "see that \(base) (STRIPE_API_BASE) can be reached from here: name lookup, firewall, TLS")
            ]
        }
    }

    /// - Parameters:
    ///   - serverTime: what the answer's clock said, in seconds since 1970.
    ///   - now: when the answer was there.
    static func clock(_ serverTime: Int64?, roundTrip: Duration, now: Date) -> Finding {
        guard let serverTime else {
            return .note(
                "clock", "the answer had no Date to compare with", mend: "see that this machine's clock is set by NTP")
        }
        // Stripe's clock was read somewhere within the round trip, and it tells whole seconds.
        let uncertainty = roundTrip / .seconds(1) + 1
        let ahead = now.timeIntervalSince1970 - Double(serverTime)
        guard abs(ahead) > 10 + uncertainty else { return .ok("clock", "agrees with Stripe's") }
        return .wrong(
            "clock",
            "this machine \(ClockSkew.words(ahead)) Stripe; beyond 300 seconds every webhook is refused",
            mend: "set the clock by NTP: 'timedatectl set-ntp true'")
    }
}
