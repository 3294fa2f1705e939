package import Commerce

extension EmailKind {
    /// What a template of this kind may name, besides ``commonValues``. Each may be absent in an email: a template puts
    /// what depends on it into a section.
    package var ownValues: [String] {
        switch self {
        case .receipt: [EmailValue.amount, EmailValue.description]
        case .paymentFailed: [EmailValue.amount, EmailValue.description, EmailValue.reason, EmailValue.link]
        case .invoicePaymentFailed:
            [
                EmailValue.amount, EmailValue.description, EmailValue.invoice, EmailValue.link, EmailValue.nextAttempt,
            ]
        case .actionRequired: [EmailValue.amount, EmailValue.description, EmailValue.invoice, EmailValue.link]
        case .subscriptionCanceled: [EmailValue.description]
        case .trialEnding: [EmailValue.description, EmailValue.trialEnd]
        }
    }

    /// What every template may name: the shop's name, the ids of what the email is about, the day on which it happened,
    /// and `test_mode`, which is there in test mode only.
    package static let commonValues = ["shop", "order", "subscription", "date", "test_mode"]

    package var values: [String] { Self.commonValues + ownValues }
}
