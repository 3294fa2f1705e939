/// `t=SECONDS,v1=HEX[,v1=HEX…][,v0=…]`, taken apart. Schemes other than `v1` are ignored.
struct SignatureHeader {
    /// As it was sent: this text is what is signed.
    let timestampText: String
    /// Seconds since 1970.
    let timestamp: Int64
    /// Every `v1` that is the hex of 32 bytes; two secrets sign while one is being rolled.
    let signatures: [[UInt8]]

    /// Stripe's own are below 300 bytes. The bound keeps an unauthenticated sender from making us work.
    private static let longest = 4096

    init(_ header: String) throws(WebhookSignatureError) {
        guard header.utf8.count <= Self.longest else { throw .malformedHeader }
        var timestampText: Substring?
        var schemeSeen = false
        var signatures: [[UInt8]] = []
        for item in header.split(separator: ",", omittingEmptySubsequences: true) {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw .malformedHeader }
            switch pair[0] {
            case "t":
                guard timestampText == nil else { throw .malformedHeader }
                timestampText = pair[1]
            case "v1":
                schemeSeen = true
                if let bytes = Self.bytes(hex: pair[1]) { signatures.append(bytes) }
            default: break
            }
        }
        // Digits only: `Int64` alone would also take a sign.
        guard schemeSeen, let text = timestampText, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let timestamp = Int64(text)
        else { throw .malformedHeader }
        self.timestampText = String(text)
        self.timestamp = timestamp
        self.signatures = signatures
    }

    private static func bytes(hex text: Substring) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}
