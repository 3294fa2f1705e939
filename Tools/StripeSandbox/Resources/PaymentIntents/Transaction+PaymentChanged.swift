extension Transaction {
    /// Tells whoever waits for a PaymentIntent or a SetupIntent that its status has changed.
    func paymentChanged(_ intent: Record) {
        tellInvoice(of: intent)
        tellSubscription(of: intent)
        checkoutChanged(by: intent)
    }
}
