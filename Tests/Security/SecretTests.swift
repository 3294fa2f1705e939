import FoundationEssentials
import Security
import Testing

@Suite struct SecretTests {
    private let secret = Secret("sk_live_do_not_print_me")

    private struct Holder {
        let name = "holder"
        let key = Secret("sk_live_do_not_print_me")
        let maybe: Secret? = Secret("sk_live_do_not_print_me")
        let many = [Secret("sk_live_do_not_print_me")]
    }

    @Test func `interpolation and descriptions show a mask`() {
        #expect("\(secret)" == "<secret>")
        #expect(String(describing: secret) == "<secret>")
        #expect(String(reflecting: secret) == "<secret>")
        #expect("\(Optional(secret) as Any)" == "Optional(<secret>)")
    }

    @Test func `dump and print show a mask, however deep the secret lies`() {
        var text = ""
        dump(Holder(), to: &text)
        print(Holder(), secret, [secret], ["key": secret], to: &text)
        debugPrint(Holder(), to: &text)
        #expect(!text.contains("do_not_print_me"))
        #expect(text.contains("<secret>"))
    }

    @Test func `a mirror finds nothing inside`() {
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(Mirror(reflecting: secret).descendant("exposed") == nil)
    }

    @Test func `it cannot be written into JSON`() {
        #expect(!((secret as Any) is any Encodable))
    }

    @Test func `equal values are equal and hash alike`() {
        #expect(secret == Secret("sk_live_do_not_print_me"))
        #expect(secret != Secret("sk_live_do_not_print_mE"))
        #expect(Set([secret, Secret("sk_live_do_not_print_me")]).count == 1)
        #expect(secret.exposed == "sk_live_do_not_print_me")
    }
}

@Suite struct ConstantTimeTests {
    @Test(
        arguments: [
            ([], [], true), ([1], [1], true), ([1, 2, 3], [1, 2, 3], true), ([1], [2], false), ([1, 2], [1], false),
            ([], [0], false), ([0x80], [0x00], false), ([1, 2, 3], [3, 2, 1], false),
        ] as [([UInt8], [UInt8], Bool)])
    func `comparison tells equal from unequal`(a: [UInt8], b: [UInt8], expected: Bool) {
        #expect(constantTimeEquals(a, b) == expected)
        #expect(constantTimeEquals(b, a) == expected)
    }
}
