import ArgumentParser
import Commerce
import Database
import ServiceRuntime
import Testing

@testable import CheckoutCtl

@Suite struct FailureTests {
    @Test func `what the caller gave wrong is bad usage, what did not work is a failure`() {
        let invalid = CommerceError(.invalid, .parameterInvalid, "name must be text.", param: "name")
        let missing = CommerceError(.notFound, .resourceMissing, "No such tenant.")
        #expect(CommandFailure(invalid) == .usage("name must be text."))
        #expect(CommandFailure(missing) == .failed("No such tenant."))
        #expect(CommandFailure(DatabaseError(.busy, "locked")) == .failed("Database: locked"))
        #expect(CommandFailure(SettingsError.faults(["A: x; y", "B: z"])) == .usage("A: x; y\nB: z"))
        #expect(CommandFailure.usage("").exitCode.rawValue == 64)
        #expect(CommandFailure.failed("").exitCode.rawValue == 1)
    }

    @Test func `a part of a whole list goes on after its last row`() throws {
        let rows = ["a", "b", "c"]
        let first = try ListPart.of(rows, PageRequest(limit: 2, maximum: 1000), id: \.self)
        #expect(first.data == ["a", "b"])
        #expect(first.hasMore)
        let second = try ListPart.of(rows, PageRequest(limit: 2, startingAfter: "b", maximum: 1000), id: \.self)
        #expect(second.data == ["c"])
        #expect(!second.hasMore)
        #expect(throws: CommandFailure.self) {
            try ListPart.of(rows, PageRequest(limit: 2, startingAfter: "z", maximum: 1000), id: \.self)
        }
    }

    @Test func `every event type is asked for once`() {
        #expect(Set(ActedOnEvents.all).count == ActedOnEvents.all.count)
        #expect(ActedOnEvents.all == ActedOnEvents.all.sorted())
        #expect(ActedOnEvents.all.contains("payment_intent.succeeded"))
    }
}
