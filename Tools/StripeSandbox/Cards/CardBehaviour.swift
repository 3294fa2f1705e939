/// How a payment method answers when it is charged.
enum CardBehaviour: Sendable, Hashable {
    case succeeds
    case declines(Decline)
    /// Demands 3-D Secure; once the buyer has passed it, succeeds or declines all the same.
    case requiresAuthentication(then: Decline?)
    /// Demands 3-D Secure of a buyer who is there, and of one who is not until it has been set up for that.
    case requiresSetup
    /// A bank debit: nobody knows for a while whether the money comes.
    case settlesLater(BankOutcome)

    /// As it is remembered beside a payment method: the number itself is kept nowhere.
    var stored: JSON {
        switch self {
        case .succeeds: ["card": "succeeds"]
        case .declines(let decline): ["card": "declines", "decline": .string(decline.rawValue)]
        case .requiresAuthentication(let decline):
            ["card": "requires_authentication", "decline": JSON(decline?.rawValue)]
        case .requiresSetup: ["card": "requires_setup"]
        case .settlesLater(let outcome): ["card": "settles_later", "outcome": outcome.stored]
        }
    }

    init(stored: JSON) {
        let decline = stored["decline"].string.flatMap(Decline.init(rawValue:))
        self =
            switch stored["card"].string {
            case "declines": .declines(decline ?? .generic)
            case "requires_authentication": .requiresAuthentication(then: decline)
            case "requires_setup": .requiresSetup
            case "settles_later": .settlesLater(BankOutcome(stored: stored["outcome"]))
            default: .succeeds
            }
    }

    /// What comes of charging it: pure, so that every case can be seen here.
    /// - Parameters:
    ///   - offSession: the buyer is not there to authenticate.
    ///   - authenticated: the buyer has passed the challenge.
    ///   - isSetUp: the buyer has once passed the challenge for charges off session.
    func outcome(offSession: Bool, authenticated: Bool, isSetUp: Bool) -> CardOutcome {
        switch self {
        case .succeeds: .approved
        case .declines(let decline): .declined(decline)
        case .requiresAuthentication(let decline) where authenticated: decline.map { .declined($0) } ?? .approved
        case .requiresSetup where authenticated || (offSession && isSetUp): .approved
        case .requiresAuthentication where offSession, .requiresSetup where offSession:
            .declined(.authenticationRequired)
        case .requiresAuthentication, .requiresSetup: .challenge
        case .settlesLater(let outcome): .pending(outcome)
        }
    }
}

enum CardOutcome: Sendable, Hashable {
    case approved
    case declined(Decline)
    /// The buyer must pass 3-D Secure first.
    case challenge
    /// The bank says later.
    case pending(BankOutcome)
}

/// Why a card was declined; the raw value is Stripe's decline code.
enum Decline: String, Sendable, CaseIterable {
    case generic = "generic_decline"
    case insufficientFunds = "insufficient_funds"
    case lostCard = "lost_card"
    case stolenCard = "stolen_card"
    case expiredCard = "expired_card"
    case incorrectCVC = "incorrect_cvc"
    case processingError = "processing_error"
    case fraudulent
    case authenticationRequired = "authentication_required"

    /// The error's code, which is coarser than the decline code.
    var code: String {
        switch self {
        case .expiredCard, .incorrectCVC, .processingError, .authenticationRequired: rawValue
        case .generic, .insufficientFunds, .lostCard, .stolenCard, .fraudulent: "card_declined"
        }
    }

    var message: String {
        switch self {
        case .generic, .lostCard, .stolenCard, .fraudulent: "Your card was declined."
        case .insufficientFunds: "Your card has insufficient funds."
        case .expiredCard: "Your card has expired."
        case .incorrectCVC: "Your card's security code is incorrect."
        case .processingError: "An error occurred while processing your card. Try again in a little bit."
        case .authenticationRequired: "Your card was declined. This transaction requires authentication."
        }
    }

    /// What the issuer would advise.
    var adviceCode: String? {
        switch self {
        case .generic, .insufficientFunds, .processingError: "try_again_later"
        case .lostCard, .stolenCard, .expiredCard, .fraudulent: "do_not_try_again"
        case .incorrectCVC, .authenticationRequired: "confirm_card_data"
        }
    }
}
