import Commerce
import HTTPTypes
import Security
import ServiceRuntime
import StripeModels

/// Why a saved card was not charged, with the order, which its owner may still pay.
struct CardDecline {
    private let code: String
    private let declineCode: String?
    private let message: String

    /// - Parameter body: nil where the bank asks for the card's owner without a word.
    init(_ body: StripeErrorBody?) {
        code = body?.code ?? (body == nil ? Self.authenticationRequired : "card_declined")
        declineCode = body?.declineCode
        message =
            body?.message ?? "The card's bank asks its owner to confirm this payment; send them to recovery_url."
    }

    private static let authenticationRequired = "authentication_required"

    /// The bank wants to see the card's owner: nothing is wrong with the card.
    var needsBuyer: Bool { code == Self.authenticationRequired || declineCode == Self.authenticationRequired }
}

extension Reply {
    /// 402 with the order inside of the error, and the page where the buyer can finish it.
    init(
        _ decline: CardDecline, _ order: Order, clientSecret: Secret?, publishableKey: String?, publicBaseURL: String,
        requestID: String
    ) throws {
        let json = decline.json(
            OrderJSON(order, clientSecret: clientSecret, publishableKey: publishableKey),
            // Behind the `#`, which browsers send to no server: our logs, and those on the way, never have the secret.
            recoveryURL: clientSecret.map { "\(publicBaseURL)/pay/\(order.id)#client_secret=\($0.exposed)" },
            requestID: requestID)
        self.init(status: 402, body: try JSON.text(json))
    }
}

extension CardDecline {
    fileprivate func json(_ order: OrderJSON, recoveryURL: String?, requestID: String) -> some Encodable {
        CardDeclineJSON(
            error: .init(
                code: needsBuyer ? Self.authenticationRequired : code, declineCode: declineCode, message: message,
                requestID: requestID, order: order, recoveryURL: recoveryURL))
    }
}

/// The contract's envelope, and what it has beyond it.
private struct CardDeclineJSON: Encodable {
    let error: Body

    struct Body: Encodable {
        let type = APIError.Kind.card.rawValue
        let code: String
        let declineCode: String?
        let message: String
        let requestID: String
        let order: OrderJSON
        let recoveryURL: String?

        private enum CodingKeys: String, CodingKey {
            case type, code, message, param, order
            case declineCode = "decline_code"
            case requestID = "request_id"
            case recoveryURL = "recovery_url"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(type, forKey: .type)
            try container.encode(code, forKey: .code)
            try container.encode(declineCode, forKey: .declineCode)
            try container.encode(message, forKey: .message)
            try container.encodeNil(forKey: .param)
            try container.encode(requestID, forKey: .requestID)
            try container.encode(order, forKey: .order)
            try container.encode(recoveryURL, forKey: .recoveryURL)
        }
    }
}
