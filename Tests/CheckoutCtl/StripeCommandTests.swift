import ArgumentParser
import Commerce
import Mail
import Messaging
import Testing

@testable import CheckoutCtl

@Suite struct StripeCommandTests {
    @Test(arguments: [
        ("0", 0), ("2.5", 250), ("2.05", 205), ("100", 10_000), ("100.00", 10_000), ("0.01", 1),
    ])
    func `a share in percent is kept in hundredths of one`(_ text: String, _ points: Int64) {
        #expect(Percent(argument: text)?.basisPoints == points)
    }

    @Test(arguments: ["", ".", "2.", ".5", "-1", "2.555", "100.01", "101", "1e1", "2,5", "٣", "99999999999999999999"])
    func `what is no share is refused`(_ text: String) {
        #expect(Percent(argument: text) == nil)
    }

    @Test(arguments: [(0, "0 %"), (250, "2.50 %"), (205, "2.05 %"), (10_000, "100 %"), (1, "0.01 %")])
    func `a share is shown with its decimals`(_ points: Int64, _ text: String) {
        #expect(Percent.text(points) == text)
    }

    @Test(arguments: [
        ["tenant", "email", "set", "ten_1", "receipt"],
        ["tenant", "email", "set", "ten_1", "receipt", "--text", "-", "--html", "-"],
        ["tenant", "email", "show", "ten_1", "greeting"], ["tenant", "email", "remove", "ten_1"],
        ["dashboard", "--watch", "--json"], ["keys"], ["keys", "rotate-master", "k2"],
        ["tenant", "webhook", "roll", "ten_1", "--overlap", "soon"],
        ["tenant", "create", "--name", "A", "--stripe-publishable-key", "pk_test_1", "--application-fee", "101"],
    ])
    func `bad usage is refused`(_ arguments: [String]) {
        #expect(throws: (any Error).self) {
            let command = try CheckoutCommand.parseAsRoot(arguments)
            // A command that only groups others shows its help instead of working.
            if command is KeysCommand { throw ValidationError("") }
        }
    }

    @Test func `each kind's standard wording passes the check that a tenant's own must`() throws {
        for kind in EmailKind.allCases {
            let view = EmailView(tenant: .init(rawValue: "ten_1"), kind: kind, own: nil)
            try EmailTemplates.check(
                subject: view.wording.subject, text: view.wording.text, html: view.wording.html, kind: kind)
            #expect(view.source == "standard")
            #expect(view.text.contains("\n--- html\n<!doctype html>\n"))
        }
    }

    @Test(arguments: ["shop", "a b@example.com", "(x)@example.com"])
    func `a sender that no email could be sent from is bad usage`(_ address: String) {
        #expect {
            try SenderAddress.check(address)
        } throws: { error in
            CommandFailure(error).exitCode.rawValue == 64
        }
    }

    @Test(arguments: [nil, "", "shop@example.com"])
    func `a sender's address, or none, is taken`(_ address: String?) throws { try SenderAddress.check(address) }
}
