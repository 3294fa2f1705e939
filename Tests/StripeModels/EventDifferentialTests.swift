import Foundation
import StripeModels
import TestSupport
import Testing

/// The scan of an event against two readers of Foundation's: `JSONSerialization` says what is JSON, and the models, by
/// way of `JSONDecoder`, say what it means.
///
/// They differ where this says so, and nowhere else: the scan holds to RFC 8259 where Foundation's readers forgive a
/// comma before a closing bracket; and it leaves alone what only a reader of the value can object to, that is half a
/// surrogate pair in an escape and a number beyond `Double`.
struct EventDifferentialTests {
    @Test(arguments: SampleEvent.allCases)
    func `the scan reads what the models read`(sample: SampleEvent) {
        expectAgreement(on: sample.body)
        #expect(EventReading(scanning: sample.body).isJSON)
    }

    @Test(arguments: SampleEvent.allCases)
    func `an event that breaks off is refused wherever it does`(sample: SampleEvent) {
        for end in 0..<sample.body.count {
            let part = Array(sample.body[..<end])
            #expect(!EventReading(scanning: part).isJSON, "first \(end) bytes")
            expectAgreement(on: part)
        }
    }

    @Test(arguments: SampleEvent.allCases)
    func `one byte changed means the same to all, whichever it is`(sample: SampleEvent) {
        var random = SplitMix(seed: 1)
        for place in sample.body.indices {
            var changed = sample.body
            changed[place] ^= UInt8.random(in: 1...255, using: &random)
            expectAgreement(on: changed)
        }
    }

    @Test(arguments: SampleEvent.allCases)
    func `damage of any kind means the same to all`(sample: SampleEvent) {
        for seed in 1...1_000 as ClosedRange<UInt64> {
            var random = SplitMix(seed: seed)
            expectAgreement(on: sample.damaged(&random), "seed \(seed)")
        }
    }

    @Test(.enabled(if: FixtureTests.file != nil, "Stripe's fixtures3.json is not beside the repository."))
    func `every resource of Stripe's is read the same inside of an event`() throws {
        let data = try Data(contentsOf: #require(FixtureTests.file))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let resources = try #require(root["resources"] as? [String: [String: Any]])
        for (name, resource) in resources {
            let event: [String: Any] = [
                "id": "evt_1", "object": "event", "type": "a.b", "created": 1_700_000_000, "livemode": false,
                "data": ["object": resource],
            ]
            for options in [[], .prettyPrinted] as [JSONSerialization.WritingOptions] {
                let body = Array(try JSONSerialization.data(withJSONObject: event, options: options))
                expectAgreement(on: body, "\(name)")
                guard case .event(let envelope) = EventReading(scanning: body) else {
                    Issue.record("\(name) is refused.")
                    continue
                }
                // Some examples have an empty id.
                #expect(envelope.objectID ?? "" == resource["id"] as? String ?? "")
                #expect(envelope.objectType == resource["object"] as? String)
                #expect(envelope.paymentIntent == resource["payment_intent"] as? String)
            }
        }
        #expect(resources.count > 100)
    }

    private func expectAgreement(
        on body: [UInt8], _ which: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let scanned = EventReading(scanning: body)
        let isObject = (try? JSONSerialization.jsonObject(with: Data(body))) is [String: Any]
        let difference = Difference(in: body)
        if scanned.isJSON != isObject,
            !(scanned.isJSON ? difference.isForgivenByScan : difference.isForgivenByFoundation)
        {
            Issue.record(
                "\(which()) JSONSerialization \(isObject ? "takes" : "refuses"): \(String(decoding: body, as: UTF8.self))",
                sourceLocation: sourceLocation)
        }
        // What is no JSON to the scan, a decoder may well read: it looks only at what it is asked for.
        guard scanned.isJSON else { return }
        let decoded = EventReading(decoding: body)
        if scanned != decoded, !(difference.isForgivenByScan && !decoded.isJSON) {
            Issue.record(
                "\(which()) \(scanned), not \(decoded): \(String(decoding: body, as: UTF8.self))",
                sourceLocation: sourceLocation)
        }
    }
}

/// What in a body the readers may differ about; asked only where they do.
private struct Difference {
    private let text: String

    init(in body: [UInt8]) { text = String(decoding: body, as: UTF8.self) }

    /// A half of a surrogate pair, or a number that may be too large.
    var isForgivenByScan: Bool {
        text.contains(/\\u[dD][89a-fA-F]/) || text.contains(/[eE][+-]?[0-9]{3}/) || text.contains(/[0-9]{300}/)
    }

    /// A comma before a closing bracket.
    var isForgivenByFoundation: Bool { text.contains(/,[ \t\r\n]*[}\]]/) }
}
