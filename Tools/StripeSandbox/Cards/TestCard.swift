/// A card that Stripe documents for tests: what it shows, and how it behaves.
///
/// Stripe: "Testing". Any other number is refused, so that no real card ever gets in.
struct TestCard: Sendable {
    let number: String
    let brand: String
    let funding: String
    let behaviour: CardBehaviour
    /// What comes after it was charged.
    let aftermath: CardAftermath?
    /// The ready-made payment methods that stand for it.
    let tokens: [String]

    init(
        _ number: String, _ behaviour: CardBehaviour, brand: String = "visa", funding: String = "credit",
        then aftermath: CardAftermath? = nil, tokens: [String] = []
    ) {
        self.number = number
        self.brand = brand
        self.funding = funding
        self.behaviour = behaviour
        self.aftermath = aftermath
        self.tokens = tokens
    }

    var last4: String { String(number.suffix(4)) }

    static let all: [TestCard] = [
        TestCard("4242424242424242", .succeeds, tokens: ["pm_card_visa"]),
        TestCard("4000056655665556", .succeeds, funding: "debit", tokens: ["pm_card_visa_debit"]),
        TestCard("5555555555554444", .succeeds, brand: "mastercard", tokens: ["pm_card_mastercard"]),
        TestCard(
            "5200828282828210", .succeeds, brand: "mastercard", funding: "debit", tokens: ["pm_card_mastercard_debit"]),
        TestCard("2223003122003222", .succeeds, brand: "mastercard"),
        TestCard("378282246310005", .succeeds, brand: "amex", tokens: ["pm_card_amex"]),
        TestCard("6011111111111117", .succeeds, brand: "discover", tokens: ["pm_card_discover"]),
        TestCard("3056930009020004", .succeeds, brand: "diners", tokens: ["pm_card_diners"]),
        TestCard("3566002020360505", .succeeds, brand: "jcb", tokens: ["pm_card_jcb"]),
        TestCard("6200000000000005", .succeeds, brand: "unionpay", tokens: ["pm_card_unionpay"]),
        TestCard("4000002500003155", .requiresSetup, tokens: ["pm_card_authenticationRequiredOnSetup"]),
        TestCard("4000002760003184", .requiresAuthentication(then: nil), tokens: ["pm_card_authenticationRequired"]),
        TestCard("4000000000003220", .requiresAuthentication(then: nil), tokens: ["pm_card_threeDSecure2Required"]),
        TestCard(
            "4000008400001629", .requiresAuthentication(then: .generic),
            tokens: ["pm_card_threeDSecureRequiredChargeDeclined"]),
        TestCard(
            "4000008260003178", .requiresAuthentication(then: .insufficientFunds),
            tokens: ["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"]),
        TestCard(
            "4000000000000002", .declines(.generic), tokens: ["pm_card_chargeDeclined", "pm_card_visa_chargeDeclined"]),
        TestCard(
            "4000000000009995", .declines(.insufficientFunds),
            tokens: ["pm_card_chargeDeclinedInsufficientFunds", "pm_card_visa_chargeDeclinedInsufficientFunds"]),
        TestCard("4000000000009987", .declines(.lostCard), tokens: ["pm_card_visa_chargeDeclinedLostCard"]),
        TestCard("4000000000009979", .declines(.stolenCard), tokens: ["pm_card_visa_chargeDeclinedStolenCard"]),
        TestCard("4000000000000069", .declines(.expiredCard), tokens: ["pm_card_chargeDeclinedExpiredCard"]),
        TestCard("4000000000000127", .declines(.incorrectCVC), tokens: ["pm_card_chargeDeclinedIncorrectCvc"]),
        TestCard("4000000000000119", .declines(.processingError), tokens: ["pm_card_chargeDeclinedProcessingError"]),
        TestCard("4000000000000341", .declines(.generic), tokens: ["pm_card_chargeCustomerFail"]),
        TestCard("4100000000000019", .declines(.fraudulent), tokens: ["pm_card_radarBlock"]),
        TestCard("4000000000000077", .succeeds, then: .bypassesPending, tokens: ["pm_card_bypassPending"]),
        TestCard("4000000000007726", .succeeds, then: .refundIsPending, tokens: ["pm_card_pendingRefund"]),
        TestCard("4000000000005126", .succeeds, then: .refundFails, tokens: ["pm_card_refundFail"]),
        TestCard("4000000000000259", .succeeds, then: .disputedAsFraud, tokens: ["pm_card_createDispute"]),
        TestCard(
            "4000000000002685", .succeeds, then: .disputedAsNotReceived,
            tokens: ["pm_card_createDisputeProductNotReceived"]),
        TestCard("4000000000001976", .succeeds, then: .inquiry, tokens: ["pm_card_createDisputeInquiry"]),
    ]

    static func named(_ token: String) -> TestCard? { byToken[token] }

    static func numbered(_ number: String) -> TestCard? { byNumber[number] }

    private static let byNumber = Dictionary(uniqueKeysWithValues: all.map { ($0.number, $0) })
    private static let byToken = Dictionary(
        uniqueKeysWithValues: all.flatMap { card in card.tokens.map { ($0, card) } })
}
