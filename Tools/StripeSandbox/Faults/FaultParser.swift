import OrderedCollections

/// Reads what was posted to `/_sandbox/faults`: one fault, or a list of them. Anything it does not know is refused, so
/// that a misspelt fault is not a test that passes.
enum FaultParser {
    enum Parsed: Sendable {
        case call(Fault)
        case webhook(WebhookFault)
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    static func parse(_ json: JSON) throws(Refused) -> [Parsed] {
        var parsed: [Parsed] = []
        for one in json.elements.isEmpty ? [json] : json.elements {
            guard !one.fields.isEmpty else { throw Refused(description: "A fault is an object with fields.") }
            parsed.append(one.has("webhooks") ? .webhook(try webhook(one)) : .call(try call(one)))
        }
        return parsed
    }

    private static func call(_ json: JSON) throws(Refused) -> Fault {
        try only(
            [
                "match", "action", "status", "times", "skip", "seconds", "after_acting", "stored", "type", "code",
                "message", "decline_code", "headers", "body", "retry_after", "should_retry",
            ], json, "a fault")
        let afterActing = json["after_acting"].isTrue
        let action: Fault.Action
        switch json["action"].string {
        case "status":
            action = .status(try answer(json), afterActing: afterActing, isStored: json["stored"].isTrue)
        case "delay":
            guard let seconds = try seconds(json) else { throw Refused(description: "`delay` takes `seconds`.") }
            action = .delay(seconds: seconds)
        case "hang": action = .hang(seconds: try seconds(json), afterActing: afterActing)
        case "drop_before_acting": action = .drop(afterActing: false)
        case "drop_after_acting", "drop": action = .drop(afterActing: true)
        default:
            throw Refused(
                description: "`action` is one of status, delay, hang, drop_before_acting, drop_after_acting.")
        }
        return Fault(
            id: "fault_" + Identifier.random(12), match: try match(json["match"]), action: action,
            skip: Int(json["skip"].int ?? 0), times: try times(json), source: json)
    }

    private static func match(_ json: JSON) throws(Refused) -> FaultMatch {
        try only(["method", "path", "account", "key", "livemode", "idempotency_key"], json, "`match`")
        var match = FaultMatch(
            method: json["method"].string?.uppercased(), path: json["path"].string, account: json["account"].string,
            livemode: json["livemode"].bool, idempotencyKey: json["idempotency_key"].string)
        if let key = json["key"].string {
            guard let key = APIKey(key) else { throw Refused(description: "`key` is no key of an account.") }
            match.account = key.scope.account
            match.livemode = key.scope.livemode
        }
        return match
    }

    private static func answer(_ json: JSON) throws(Refused) -> FaultAnswer {
        guard let status = json["status"].int, (400...599).contains(status) else {
            throw Refused(description: "`status` is a number from 400 to 599.")
        }
        var headers: [String: String] = [:]
        for (name, value) in json["headers"].fields { headers[name] = value.string ?? value.compact }
        if let seconds = json["retry_after"].int { headers["Retry-After"] = String(seconds) }
        if let retry = json["should_retry"].bool { headers["Stripe-Should-Retry"] = String(retry) }
        if let text = json["body"].string {
            return FaultAnswer(status: Int(status), headers: headers, body: .text(text))
        }
        var failure = StripeFailure.typical(Int(status))
        failure.type = json["type"].string ?? failure.type
        failure.code = json["code"].string ?? failure.code
        failure.message = json["message"].string ?? failure.message
        if let code = json["decline_code"].string { failure.details["decline_code"] = .string(code) }
        return FaultAnswer(status: Int(status), headers: headers, body: .failure(failure))
    }

    private static func webhook(_ json: JSON) throws(Refused) -> WebhookFault {
        try only(["webhooks"], json, "a webhook fault")
        let fields = json["webhooks"]
        try only(["mode", "type", "account", "seconds", "copies", "times"], fields, "`webhooks`")
        guard let mode = fields["mode"].string.flatMap(WebhookFault.Mode.init(rawValue:)) else {
            throw Refused(description: "`mode` is one of duplicate, delay, reorder, drop.")
        }
        let usual: Double = mode == .duplicate ? 0 : 2
        return WebhookFault(
            id: "fault_" + Identifier.random(12), mode: mode, type: fields["type"].string,
            account: fields["account"].string, seconds: try seconds(fields) ?? usual,
            copies: Int(max(1, fields["copies"].int ?? 1)), times: try times(fields), source: json)
    }

    /// No fault lasts longer than a year.
    private static func seconds(_ json: JSON) throws(Refused) -> Double? {
        guard json.has("seconds") else { return nil }
        guard let seconds = json["seconds"].number, (0...31_536_000).contains(seconds) else {
            throw Refused(description: "`seconds` is a number from 0 to 31536000.")
        }
        return seconds
    }

    /// Once unless it says otherwise; nil for always.
    private static func times(_ json: JSON) throws(Refused) -> Int? {
        switch json["times"] {
        case .null: return 1
        case "always": return nil
        case .int(let times) where times >= 1: return Int(times)
        default: throw Refused(description: "`times` is a number from 1 on, or \"always\".")
        }
    }

    static func only(_ known: Set<String>, _ json: JSON, _ what: String) throws(Refused) {
        if let unknown = json.fields.keys.first(where: { !known.contains($0) }) {
            throw Refused(description: "There is no `\(unknown)` in \(what).")
        }
    }
}

extension StripeFailure {
    /// What Stripe says along with a status.
    static func typical(_ status: Int) -> Self {
        switch status {
        case 409: .keyInUse("…")
        case 429:
            Self(
                status: 429, type: "invalid_request_error", code: "rate_limit",
                message: "Request rate limit exceeded. You can learn more about rate limits here "
                    + "https://stripe.com/docs/rate-limits.")
        case 401: .wrongKey("")
        case 402: Self(status: 402, type: "card_error", code: "card_declined", message: "Your card was declined.")
        case 500...: Self(status: status, type: "api_error", message: StripeFailure.internalError.message)
        default:
            Self(status: status, type: "invalid_request_error", message: "The sandbox was told to refuse this call.")
        }
    }
}
