/// A body of each shape that matters to a reader of events, and what becomes of it when it is damaged.
enum SampleEvent: CaseIterable {
    case snapshot
    /// As Stripe sends it, with text beyond ASCII.
    case pretty
    case thin
    /// With names and values written in ways that nobody writes them, and fields that are there twice.
    case escaped
    /// Of something else.
    case other

    var body: [UInt8] {
        switch self {
        case .snapshot: Array(Self.snapshotText.utf8)
        case .pretty: Array(Self.prettyText.utf8)
        case .thin: Array(Self.thinText.utf8)
        case .escaped: Array(Self.escapedText.utf8)
        case .other: Array(#"{"object":"charge","id":"ch_1","amount":[1,2,{"a":[true,null,"",0,-0,1e-7]}]}"#.utf8)
        }
    }

    private static let snapshotText = """
        {"id":"evt_1","object":"event","api_version":"2020-08-27","account":"acct_9","created":1700000000,"livemode":true,
        "data":{"object":{"id":"pi_1","object":"payment_intent","amount":1099,"payment_intent":null,"tax":-0.5e-3,
        "metadata":{"cart":"7","checkout_order":"ord_1"},"charges":{"data":[{"id":"ch_1","metadata":{}}],"id":"x"}},
        "previous_attributes":{"amount":1}},"pending_webhooks":1,"request":{"id":null},"type":"payment_intent.succeeded"}
        """

    private static let prettyText = """
        {
          "id": "evt_1",
          "object": "event",
          "created": 1.7e9,
          "data": {
            "object": {
              "id": "ch_1",
              "object": "charge",
              "description": "naïve – 注文 №7 😀",
              "metadata": {
                "note": "é",
                "checkout_order": "ord_1"
              },
              "payment_intent": "pi_1",
              "refunds": [
                [],
                {}
              ]
            }
          },
          "livemode": false,
          "type": "charge.refunded"
        }
        """

    private static let thinText = """
        {"id":"evt_2","object":"v2.core.event","type":"v1.payment_intent.succeeded","livemode":false,
        "created":"2026-11-22T10:00:00.123Z","context":"org_1/acct_9","data":{"object":{"id":"no"}},
        "related_object":{"id":"pi_1","type":"payment_intent","url":"/v1/payment_intents/pi_1"}}
        """

    private static let escapedText = #"""
        {"\u0069d":"evt\u005F1","id":"evt_2","ob\u006aect":"\u0065vent","type":"a\/b","created":17E+8,"livemode":true,
        "data":{"\u006fbject":{"id":"x\u005f1","id":null,"o\\bject":1,"object":"x\"y","description":"\ud83d\ude00\n\t",
        "metadata":{"checkout\u005forder":"ord_\u0031"},"metadata":{"checkout_order":"ord_2"},"payment\u005fintent":"pi"},
        "object":7},"data":[],"account":"acct\u005f9","api_version":"\u0000"}
        """#

    /// The body with a few bytes changed, lost or added, the same for the same `random`.
    func damaged(_ random: inout some RandomNumberGenerator) -> [UInt8] {
        var body = body
        for _ in 0..<Int.random(in: 1...3, using: &random) where !body.isEmpty {
            let place = Int.random(in: 0..<body.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: body[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1, 2: body[place] = Self.troublesome.randomElement(using: &random) ?? 0
            case 3: body.insert(Self.troublesome.randomElement(using: &random) ?? 0, at: place)
            case 4: body.removeSubrange(place..<min(body.count, place + Int.random(in: 1...8, using: &random)))
            default: body.insert(contentsOf: body[place..<min(body.count, place + 40)], at: place)
            }
        }
        return body
    }

    /// Bytes that mean something to JSON or to UTF-8.
    private static let troublesome =
        Array(#"{}[]",:\/u0189aefntrE+-. "#.utf8)
        + [0x00, 0x09, 0x0A, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xE2, 0xED, 0xFF]
}
