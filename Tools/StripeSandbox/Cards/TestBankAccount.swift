/// A bank account that Stripe documents for tests of debits: US bank accounts (ACH) in USD, SEPA in EUR.
///
/// Stripe: "Test ACH Direct Debit", "SEPA Direct Debit". Any other number is refused, so that no real account gets in.
struct TestBankAccount: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case usBankAccount = "us_bank_account"
        case sepaDebit = "sepa_debit"

        /// The only currency that it pays in.
        var currency: String { self == .usBankAccount ? "usd" : "eur" }
    }

    let kind: Kind
    /// An account number, or an IBAN.
    let number: String
    let outcome: BankOutcome
    /// The ready-made payment method that stands for it.
    let token: String

    var last4: String { String(number.suffix(4)) }

    static let all: [TestBankAccount] = [
        .us("000123456789", "success", .succeeds),
        .us("000222222227", "insufficientFunds", .fails(.insufficientFunds)),
        .us("000111111113", "accountClosed", .fails(.accountClosed)),
        .us("000111111116", "noAccount", .fails(.noAccount)),
        .us("000333333335", "debitNotAuthorized", .fails(.debitNotAuthorized)),
        .us("000000000009", "processing", .neverSettles),
        .sepa("DE89370400440532013000", "success", .succeeds),
        .sepa("DE62370400440532013001", "failed", .fails(.insufficientFunds)),
    ]

    private static func us(_ number: String, _ name: String, _ outcome: BankOutcome) -> Self {
        Self(kind: .usBankAccount, number: number, outcome: outcome, token: "pm_usBankAccount_\(name)")
    }

    private static func sepa(_ number: String, _ name: String, _ outcome: BankOutcome) -> Self {
        Self(kind: .sepaDebit, number: number, outcome: outcome, token: "pm_\(name)_de")
    }

    static func named(_ token: String) -> TestBankAccount? { all.first { $0.token == token } }

    static func numbered(_ number: String, kind: Kind) -> TestBankAccount? {
        let number = number.filter { $0 != " " }.uppercased()
        return all.first { $0.kind == kind && $0.number == number }
    }
}

/// What becomes of a debit, once the bank says so.
enum BankOutcome: Sendable, Hashable {
    case succeeds
    case fails(BankRefusal)
    /// Stays as it is until the sandbox is told otherwise.
    case neverSettles

    var stored: JSON {
        switch self {
        case .succeeds: "succeeds"
        case .fails(let refusal): .string(refusal.rawValue)
        case .neverSettles: "never_settles"
        }
    }

    init(stored: JSON) {
        self =
            switch stored.string {
            case "never_settles": .neverSettles
            case let name?: BankRefusal(rawValue: name).map { .fails($0) } ?? .succeeds
            case nil: .succeeds
            }
    }
}

/// Why a bank did not pay; the raw value is Stripe's error code.
enum BankRefusal: String, Sendable, CaseIterable {
    case accountClosed = "account_closed"
    case debitNotAuthorized = "debit_not_authorized"
    case insufficientFunds = "insufficient_funds"
    case noAccount = "no_account"

    var message: String {
        switch self {
        case .accountClosed: "The customer's bank account has been closed."
        case .debitNotAuthorized: "The customer has notified their bank that this payment was unauthorized."
        case .insufficientFunds: "The customer's account has insufficient funds to cover this payment."
        case .noAccount: "The bank account could not be located."
        }
    }
}
