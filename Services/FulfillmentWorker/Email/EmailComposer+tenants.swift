import Commerce
import Database
import Mail
import Security

extension EmailComposer {
    /// With the senders and wordings that tenants have set.
    init(_ settings: EmailSettings, tenants: TenantStore, keys: KeyRing, database: Database) {
        let publicBase = settings.publicBase
        self.init(
            from: settings.from,
            page: { scope, id in
                guard let order = try await database.read({ try OrderStore.get(id, for: scope, in: $0) }) else {
                    return nil
                }
                if order.checkoutMode != nil { return order.url }
                return try order.clientSecret(keys).map { "\(publicBase)/pay/\(id)#client_secret=\($0.exposed)" }
            },
            sender: { id in
                try await tenants.get(id).map { EmailSender(address: $0.emailFrom, name: $0.emailName ?? $0.name) }
            },
            wording: { id, kind in
                let own = try await database.read { try EmailTemplateStore.get(kind, of: id, in: $0) }
                return own.map { EmailWording(subject: $0.subject, text: $0.text, html: $0.html) }
            })
    }
}
