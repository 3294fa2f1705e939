import Mail
import Security
import ServiceRuntime
import Testing

@testable import FulfillmentWorker

@Suite struct EmailSettingsTests {
    private func read(_ environment: [String: String]) throws -> (settings: EmailSettings, shown: [String: String]) {
        var reader = SettingsReader(arguments: ["fulfillment-worker"], environment: environment)
        let settings = EmailSettings(reading: &reader)
        try reader.finish()
        return (settings, Dictionary(uniqueKeysWithValues: reader.summary.map { ($0.name, $0.value) }))
    }

    @Test func `without settings emails are not sent, and would be from nobody`() throws {
        let (settings, shown) = try read([:])
        #expect(settings.server == nil && shown["SMTP_URL"] == nil)
        #expect(settings.from.text == "no-reply@localhost" && shown["EMAIL_FROM"] == "no-reply@localhost")
        #expect(settings.timeout == .seconds(60))
        #expect(settings.publicBase == "http://127.0.0.1:8080")
    }

    @Test func `a password is not shown`() throws {
        let (settings, shown) = try read([
            "SMTP_URL": "smtp://shop:hidden@mail.example.com:587", "EMAIL_FROM": "shop@bücher.example",
            "SMTP_TIMEOUT_SECONDS": "5", "PUBLIC_BASE_URL": "https://pay.example.com/",
        ])
        #expect(settings.server?.login?.password.exposed == "hidden")
        #expect(shown["SMTP_URL"] == "smtp://shop:<secret>@mail.example.com:587")
        #expect(settings.from.text == "shop@xn--bcher-kva.example")
        #expect(settings.timeout == .seconds(5))
        #expect(settings.publicBase == "https://pay.example.com")
    }

    @Test(arguments: [
        ("SMTP_URL", "mail.example.com"), ("SMTP_URL", "http://mail.example.com"), ("SMTP_URL", "smtp://u:hid%@host"),
        ("EMAIL_FROM", "Shop <shop@example.com>"), ("EMAIL_FROM", "shop"), ("SMTP_TIMEOUT_SECONDS", "0.5"),
    ])
    func `a bad setting is one line with its name and a mend, and no password`(_ name: String, _ value: String) {
        #expect {
            try read([name: value])
        } throws: { error in
            guard case .faults(let lines)? = error as? SettingsError else { return false }
            return lines.count == 1 && lines[0].hasPrefix("\(name): ") && lines[0].contains("set it to")
                && !lines[0].contains("hid")
        }
    }
}
