package import Commerce

extension EmailTemplates {
    /// What is said where a tenant has no wording of its own.
    package static func standard(_ kind: EmailKind) -> EmailWording { parts(kind).wording }

    private static func parts(_ kind: EmailKind) -> StandardWording {
        switch kind {
        case .receipt:
            StandardWording(
                subject: "Your order at {{shop}}", heading: "Thank you for your order",
                paragraphs: [
                    .when("amount", "We have received {{amount}}."), .when("description", "{{description}}"),
                    .when("date", "Date: {{date}}"), .when("order", "Order: {{order}}"),
                ])
        case .paymentFailed:
            StandardWording(
                subject: "Your payment to {{shop}} did not go through", heading: "Your payment did not go through",
                paragraphs: [
                    .when("amount", "A payment of {{amount}} could not be taken, and nothing was charged."),
                    .when("description", "{{description}}"), .when("reason", "Reason: {{reason}}"),
                    .always("You can try again, with another card if you like."),
                    .when("order", "Order: {{order}}"),
                ], linkLabel: "Try again")
        case .invoicePaymentFailed:
            StandardWording(
                subject: "The payment for your subscription at {{shop}} failed",
                heading: "The payment for your subscription failed",
                paragraphs: [
                    .when("amount", "A payment of {{amount}} could not be taken."),
                    .when("description", "{{description}}"), .when("invoice", "Invoice: {{invoice}}"),
                    .when("next_attempt", "We will try again on {{next_attempt}}."),
                    .always("To keep your subscription, please pay the invoice or change how you pay."),
                ], linkLabel: "See and pay the invoice")
        case .actionRequired:
            StandardWording(
                subject: "Please confirm your payment to {{shop}}", heading: "Please confirm your payment",
                paragraphs: [
                    .when("amount", "Your bank asks you to confirm a payment of {{amount}}."),
                    .when("description", "{{description}}"), .when("invoice", "Invoice: {{invoice}}"),
                    .always("Until you do so, nothing is charged."), .when("order", "Order: {{order}}"),
                ], linkLabel: "Confirm the payment")
        case .subscriptionCanceled:
            StandardWording(
                subject: "Your subscription at {{shop}} was canceled", heading: "Your subscription was canceled",
                paragraphs: [
                    .when("description", "{{description}}"), .always("You will not be charged for it again."),
                ])
        case .trialEnding:
            StandardWording(
                subject: "Your trial at {{shop}} ends soon", heading: "Your trial ends soon",
                paragraphs: [
                    .when("description", "{{description}}"), .when("trial_end", "It ends on {{trial_end}}."),
                    .always("After that your subscription begins to cost. If you do not want that, cancel it before."),
                ])
        }
    }
}
