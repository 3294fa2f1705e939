extension FormBody {
    /// `application/x-www-form-urlencoded` in Stripe's nested form, `a[b]=c&d[0][e]=f`; good for a query too.
    ///
    /// Brackets of nesting stay as they are, those inside a name or a value are escaped, so no key of a buyer's
    /// metadata can name another parameter.
    package var encoded: String {
        var pairs: [String] = []
        for field in fields {
            Self.append(field.value, name: Self.escape(field.name), to: &pairs)
        }
        return pairs.joined(separator: "&")
    }

    private static func append(_ value: FormValue, name: String, to pairs: inout [String]) {
        switch value {
        case .text(let text): pairs.append("\(name)=\(escape(text))")
        case .list(let values):
            for (index, value) in values.enumerated() { append(value, name: "\(name)[\(index)]", to: &pairs) }
        case .form(let form):
            for field in form.fields { append(field.value, name: "\(name)[\(escape(field.name))]", to: &pairs) }
        }
    }

    /// Everything but RFC 3986's unreserved characters is escaped.
    static func escape(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
