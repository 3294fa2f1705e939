import Mail
import ServiceRuntime

/// How emails leave.
struct EmailSettings: Sendable {
    /// `nil`: emails are logged, not sent.
    let server: SMTPServer?
    /// For tenants without an address of their own; its domain is also how we introduce ourselves to the server.
    let from: EmailAddress
    /// For one email in all.
    let timeout: Duration
    /// Where emails send a buyer to pay an order.
    let publicBase: String

    init(reading settings: inout SettingsReader) {
        server = settings.value(
            "SMTP_URL", form: "smtp://USER:PASSWORD@HOST:PORT or smtps://…",
            meaning: "where emails are handed in; not set: they are logged, not sent", isSecret: true,
            show: { (server: SMTPServer) in server.masked }, parse: { try SMTPServer(parsing: $0) })
        let given = settings.value(
            "EMAIL_FROM", form: "NAME@DOMAIN", meaning: "the sender of emails of tenants that have none of their own",
            preset: EmailAddress.noReply.text, show: { (address: EmailAddress) in address.text },
            parse: { text in
                do {
                    return try EmailAddress(text)
                } catch {
                    throw SettingFault("\"\(text)\" is no address; set it to one, such as no-reply@example.com")
                }
            })
        from = given ?? .noReply
        timeout = settings.duration(
            "SMTP_TIMEOUT_SECONDS", default: .seconds(60), in: .seconds(1) ... .seconds(600),
            meaning: "how long one email may take to be handed in")
        publicBase = settings.url(
            "PUBLIC_BASE_URL", default: "http://127.0.0.1:8080", meaning: "how buyers' browsers reach the API")
    }
}
