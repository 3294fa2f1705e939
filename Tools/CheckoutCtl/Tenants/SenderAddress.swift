import Mail

/// The sender of a tenant's emails.
enum SenderAddress {
    /// Refuses, while somebody looks, an address that no email could be sent from.
    static func check(_ address: String?) throws(CommandFailure) {
        guard let address, !address.isEmpty else { return }
        do {
            _ = try EmailAddress(address)
        } catch {
            throw .usage("--email-from: \(error.message)")
        }
    }
}
