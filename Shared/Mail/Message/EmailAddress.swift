import Foundation

/// `local@domain` as it goes over the wire, ASCII throughout: a domain with other letters is held in its `xn--` form.
///
/// Nothing that has one of these can inject a header or an SMTP command: spaces, control characters, brackets and
/// quotes are no part of it. A mailbox name beyond ASCII is refused, since few servers take one (SMTPUTF8).
package struct EmailAddress: Sendable, Hashable {
    package let local: String
    package let domain: String

    package var text: String { "\(local)@\(domain)" }

    /// - Throws: `.invalid`, with a mend and without the address.
    package init(_ text: String) throws(MailError) {
        guard let at = text.lastIndex(of: "@") else {
            throw .invalidAddress("has no @; write it like name@example.com")
        }
        let (local, domain) = (text[..<at], text[text.index(after: at)...])
        guard text.utf8.count <= 320 else { throw .invalidAddress("is longer than addresses are") }
        // RFC 5321, 4.5.3.1.1
        guard (1...64).contains(local.utf8.count) else {
            throw .invalidAddress("needs 1 to 64 characters before its @")
        }
        guard local.utf8.allSatisfy(\.isASCII) else {
            throw .invalidAddress("has a character beyond ASCII before its @, which mail servers do not take")
        }
        guard local.utf8.allSatisfy({ $0.isASCIIAlphanumeric || Self.marks.contains($0) }) else {
            throw .invalidAddress("has a character before its @ that cannot be there")
        }
        self.local = String(local)
        self.domain = try Self.ascii(domain: domain)
    }

    private init(checkedLocal local: String, domain: String) {
        self.local = local
        self.domain = domain
    }

    /// The sender where none is set: an address that no mail leaves this machine by.
    package static let noReply = EmailAddress(checkedLocal: "no-reply", domain: "localhost")

    /// RFC 5322, `atext`, and the dot between.
    private static let marks = Array("!#$%&'*+-/=?^_`{|}~.".utf8)

    private static func ascii(domain: Substring) throws(MailError) -> String {
        var labels: [String] = []
        for label in domain.split(separator: ".", omittingEmptySubsequences: false) {
            let label = label.lowercased().precomposedStringWithCanonicalMapping
            let ascii = label.utf8.allSatisfy(\.isASCII) ? label : "xn--\(Punycode.encode(label.unicodeScalars))"
            guard (1...63).contains(ascii.utf8.count), ascii.first != "-", ascii.last != "-",
                label.unicodeScalars.allSatisfy(Self.isAllowedInDomain)
            else { throw .invalidAddress("has a domain that is none; write it like name@example.com") }
            labels.append(ascii)
        }
        let domain = labels.joined(separator: ".")
        guard domain.utf8.count <= 253 else { throw .invalidAddress("has a domain of more than 253 characters") }
        return domain
    }

    private static func isAllowedInDomain(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return scalar == "-" || UInt8(ascii: scalar).isASCIIAlphanumeric }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
    }
}

extension EmailAddress: CustomStringConvertible {
    /// As logs may show it: `a…@example.com`.
    package var masked: String { "\(local.prefix(1))…@\(domain)" }

    /// Masked: the whole address is only in ``text``.
    package var description: String { masked }
}

extension MailError {
    fileprivate static func invalidAddress(_ fault: String) -> MailError {
        MailError(.invalid, "The email address \(fault).")
    }
}

extension UInt8 {
    var isASCII: Bool { self < 0x80 }

    var isASCIIAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
