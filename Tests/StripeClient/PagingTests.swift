import StripeModels
import Testing

@testable import StripeClient

struct PagingTests {
    @Test func `a list is read page by page to its end`() async throws {
        try await Bench.run { request in
            switch request.number {
            case 1: .answer(200, Examples.events(["evt_1", "evt_2"], more: true))
            case 2: .answer(500)
            case 3: .answer(200, Examples.events(["evt_3"], more: true))
            default: .answer(200, Examples.events(["evt_4"], more: false))
            }
        } _: { bench in
            var filter = EventFilter()
            filter.types = ["a.b", "c.d"]
            filter.since = 1_700_000_000
            filter.delivered = false
            var ids: [String] = []
            for try await event in bench.stripe.listedEvents(filter) { ids.append(event.id) }
            #expect(ids == ["evt_1", "evt_2", "evt_3", "evt_4"])
            let query = "/v1/events?created[gte]=1700000000&delivery_success=false&types[0]=a.b&types[1]=c.d&limit=100"
            #expect(
                bench.server.requests.map { $0.uri.replacing("%5B", with: "[").replacing("%5D", with: "]") } == [
                    query, query + "&starting_after=evt_2", query + "&starting_after=evt_2",
                    query + "&starting_after=evt_3",
                ])
        }
    }

    @Test(arguments: [true, false])
    func `an empty page is the end`(more: Bool) async throws {
        try await Bench.run { _ in
            .answer(200, Examples.events([], more: more))
        } _: { bench in
            for try await event in bench.stripe.listedEvents() { Issue.record("\(event)") }
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test func `no page is read before it is needed`() async throws {
        try await Bench.run { _ in
            .answer(200, Examples.events(["evt_1", "evt_2"], more: true))
        } _: { bench in
            for try await event in bench.stripe.listedEvents() where event.id == "evt_2" { break }
            #expect(bench.server.requests.count == 1)
        }
    }

    @Test func `a server that always gives the same page does not keep us for ever`() async throws {
        try await Bench.run { _ in
            .answer(200, Examples.events(["evt_1"], more: true))
        } _: { bench in
            let error = try await bench.failure {
                for try await _ in bench.stripe.listedEvents() {}
            }
            #expect(error.status == 200)
            #expect(bench.server.requests.count == 2)
        }
    }

    @Test func `an error in the middle ends the list`() async throws {
        try await Bench.run { request in
            request.number == 1
                ? .answer(200, Examples.events(["evt_1"], more: true))
                : .answer(401, Examples.error("invalid_request_error"))
        } _: { bench in
            var ids: [String] = []
            let error = try await bench.failure {
                for try await event in bench.stripe.listedEvents() { ids.append(event.id) }
            }
            #expect(ids == ["evt_1"])
            #expect(error.status == 401)
        }
    }
}

extension StripeClient {
    /// Any list will do.
    fileprivate func listedEvents(_ filter: EventFilter = EventFilter()) -> StripePages<StripeEvent> {
        list("/v1/events", query: filter.query, as: Bench.alice)
    }
}
