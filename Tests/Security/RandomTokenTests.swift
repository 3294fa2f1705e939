import Security
import Testing

@Suite struct RandomTokenTests {
    @Test(arguments: [0, 1, 20, 43, 200])
    func `a token has the asked length and only base62 characters`(length: Int) {
        let token = RandomToken.base62(length)
        #expect(token.utf8.count == length)
        #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }

    @Test func `every character of the alphabet comes up about equally often`() {
        var counts: [Character: Int] = [:]
        for character in RandomToken.base62(62_000) { counts[character, default: 0] += 1 }
        #expect(counts.count == 62)
        // 1000 expected, deviation 31.5: seven deviations do not happen by chance.
        #expect(counts.values.allSatisfy { (780...1220).contains($0) })
    }

    @Test func `tokens and bytes do not repeat`() {
        #expect(Set((0..<1000).map { _ in RandomToken.base62(20) }).count == 1000)
        #expect(Set((0..<1000).map { _ in RandomToken.bytes(16) }).count == 1000)
        #expect(RandomToken.bytes(33).count == 33)
    }
}
