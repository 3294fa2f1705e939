import Foundation
import Security
import Testing

@Suite struct CardNumberTests {
    @Test(arguments: [
        "4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "4242  4242 - 4242 4242",
        "card: 4242424242424242, thanks", "x4242424242424242y", "378282246310005", "3782 822463 10005",
        "4222222222222",  // 13 digits
        "6011000990139424", "5555555555554444",
        "6304000000000000000"  // 19 digits
        , "4242 4242 4242 4242 12 30", "12 4242 4242 4242 4242", "4242\u{00A0}4242\u{2013}4242\u{2011}4242",
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "４２４２４２４２４２４２４２４２", "a\n4000 0025 0000 3155\tb", "💳4000000000000002💳",
    ])
    func `a card number is found`(text: String) {
        #expect(CardNumber.occurs(in: text))
    }

    @Test(arguments: [
        "", "order 12345", "4242424242424241", "4242 4242 4242 4241", "424242424242",  // 12 digits
        "42424242424242424242", "+49 30 1234567", "2026-11-22T10:00:00Z", "4242.4242.4242.4242x",
        "42424242-4242-4242-8123-424242424242", "d4021234-5678-4012-8123-0a1b2c3d4e5f",  // UUIDs
        "9c4242424242424242ab1", "ord_01J8Z4Y7Q3", "4242/4242/4242/4242", "½½½½½½½½½½½½½½½½", "①①①①①①①①①①①①①①①①",
    ])
    func `other text passes`(text: String) {
        #expect(!CardNumber.occurs(in: text))
    }

    @Test func `no UUID is taken for a card number`() {
        for _ in 0..<20_000 { #expect(!CardNumber.occurs(in: UUID().uuidString)) }
    }

    @Test func `long texts are looked through in linear time`() {
        let digits = String(repeating: "1 ", count: 100_000)
        let start = ContinuousClock.now
        _ = CardNumber.occurs(in: digits + "x")
        _ = CardNumber.occurs(in: String(repeating: "7", count: 200_000))
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
