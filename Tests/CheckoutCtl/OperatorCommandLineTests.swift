import ArgumentParser
import Commerce
import Database
import Messaging
import Testing

@testable import CheckoutCtl

@Suite struct OperatorCommandLineTests {
    private func complaint(_ arguments: [String]) -> (code: Int32, words: String)? {
        do {
            _ = try CheckoutCommand.parseAsRoot(arguments)
            return nil
        } catch {
            return (CheckoutCommand.exitCode(for: error).rawValue, CheckoutCommand.message(for: error))
        }
    }

    @Test(arguments: [
        (["queue", "pause"], "--tenant"), (["queue", "resume"], "--kind"),
        (["queue", "pause", "--kind", "email"], "apply_stripe_event"),
        (["queue", "share", "--tenant", "ten_1"], "--weight"),
        (["queue", "share", "--tenant", "ten_1", "--weight", "0"], "--weight"),
        (["queue", "share", "--tenant", "ten_1", "--weight", "1001"], "--weight"),
        (["queue", "share", "--tenant", "ten_1", "--limit", "0"], "--limit"),
        (["queue", "share", "--weight", "2"], "--tenant"),
        (["jobs", "list", "--state", "eaten"], "discarded"), (["jobs", "list", "--kind", "x"], "--kind"),
        (["jobs", "list", "--starting-after", "ord_1"], "job_42"), (["jobs", "show", "42"], "job_"),
        (["jobs", "show"], "job_"), (["events", "list", "--starting-after", "evt_1"], "whe_"),
        (["events", "replay", "--type", "t", "--after", "whe_1", "--reason", "x"], "--after"),
        (["jobs", "retry"], "--all-dead"), (["jobs", "discard"], "--all-dead"),
        (["jobs", "retry", "job_1", "--all-dead"], "--all-dead"), (["jobs", "retry", "job_x"], "job_"),
        (["jobs", "discard", "job_1", "--kind", "apply_stripe_event"], "--kind"),
        (["jobs", "retry", "job_1", "--tenant", "ten_1"], "--tenant"),
        (["jobs", "retry", "job_1", "--reason", " "], "--reason"),
        (["events", "list", "--since", "yesterday"], "--since"),
        (["events", "list", "--since", "2026-11-22", "--until", "2026-11-21"], "--until"),
        (["events", "replay", "--reason", "x"], "--since"), (["events", "replay", "whe_1"], "--reason"),
        (["events", "replay", "whe_1", "--reason", "\t"], "--reason"),
        (["events", "replay", "whe_1", "--type", "t", "--reason", "x"], "not both"),
        (["events", "replay", "whe_1", "--after", "whe_0", "--reason", "x"], "not both"),
        (["events", "replay", "--state", "pending", "--reason", "x"], "--state"),
        (["events", "replay", "--state", "kept", "--reason", "x"], "--state"),
        (["events", "replay", "--type", "t", "--dry-run", "--after", "whe_1"], "--after"),
    ])
    func `bad usage ends with 64 and names what is wrong`(_ arguments: [String], _ word: String) throws {
        let (code, words) = try #require(complaint(arguments))
        #expect(code == 64)
        #expect(words.contains(word), "\(words)")
    }

    @Test(arguments: [
        ["queue", "stats", "--json"], ["queue", "pause", "--tenant", "ten_1"],
        ["queue", "resume", "--tenant", "ten_1", "--kind", "deliver_to_storefront", "--reason", "mended"],
        ["queue", "share", "--tenant", "ten_1", "--limit", "none"],
        ["jobs", "list", "--state", "dead", "--kind", "apply_stripe_event", "--limit", "1000", "--json"],
        ["jobs", "list", "--starting-after", "job_42"], ["jobs", "retry", "job_1", "job_2", "--reason", "mended"],
        ["jobs", "discard", "--all-dead", "--kind", "apply_stripe_event", "--tenant", "ten_1"],
        ["events", "list", "--since", "1795305600", "--until", "2026-11-23"],
        ["events", "list", "--limit", "1000", "--starting-after", "\(EventID.new())", "--json"],
        ["events", "replay", "whe_1", "whe_2", "--reason", "x"], ["events", "replay", "--type", "t", "--dry-run"],
        ["events", "replay", "--since", "2026-11-22", "--after", "\(EventID.new())", "--reason", "x"],
    ])
    func `good usage is taken`(_ arguments: [String]) {
        #expect(complaint(arguments)?.words == nil)
    }

    @Test(arguments: [
        ("1795305600", 1_795_305_600_000_000), ("2026-11-22", 1_795_305_600_000_000),
        ("2026-11-22T00:00:00Z", 1_795_305_600_000_000), ("2026-11-22t02:00:00+02:00", 1_795_305_600_000_000),
        ("2026-11-22T00:00:00.25Z", 1_795_305_600_250_000),
    ])
    func `a time is RFC 3339, a day, or seconds since 1970`(_ text: String, _ microseconds: Int64) {
        #expect(TimeArgument(argument: text)?.microseconds == microseconds)
    }

    @Test(arguments: ["", "2026", "now", "-5", "1e9", "17953056000000000", "2026-11-22T10:00"])
    func `anything else is no time`(_ text: String) {
        #expect(TimeArgument(argument: text) == nil)
    }

    @Test func `a limit is a number or none`() {
        #expect(JobLimit(argument: "4")?.jobs == 4)
        let none = JobLimit(argument: "none")
        #expect(none != nil && none?.jobs == nil)
        for text in ["", "0", "-1", "many", "1.5"] { #expect(JobLimit(argument: text) == nil) }
    }

    @Test func `every kind that workers know can be named`() {
        #expect(JobKind(argument: "apply_stripe_event") == .applyStripeEvent)
        #expect(JobKind(argument: "deliver_to_storefront") == .deliverToStorefront)
        #expect(JobKind(argument: "Apply_stripe_event") == nil)
    }
}
