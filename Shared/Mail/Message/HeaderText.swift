import Foundation

/// Text that may stand in a header. It holds no line break, NUL or other control character, so it cannot begin a header
/// of its own.
package struct HeaderText: Sendable, Hashable {
    package let text: String

    /// - Throws: `.invalid` for control characters, for more than `limit` characters and for nothing at all.
    package init(_ text: String, limit: Int = 500) throws(MailError) {
        guard !text.unicodeScalars.contains(where: Self.isForbidden) else {
            throw MailError(.invalid, "A header's text must not hold line breaks or other control characters.")
        }
        guard !text.isEmpty, text.unicodeScalars.count <= limit else {
            throw MailError(.invalid, "A header's text must have 1 to \(limit) characters.")
        }
        self.text = text
    }

    /// `text` with a space for each run of what a header cannot hold, cut to `limit` characters.
    package static func flattened(_ text: String, limit: Int = 500) -> String {
        let flat = text.unicodeScalars.split(whereSeparator: isForbidden).map { String($0) }.joined(separator: " ")
        return String(String.UnicodeScalarView(flat.unicodeScalars.prefix(limit)))
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

// MARK: As a header writes it

extension HeaderText {
    /// RFC 2047: a line with an encoded word has at most 76 characters; the others keep to that, too.
    private static let lineLimit = 76
    /// Bytes in one encoded word: 52 characters of Base64, so that even `Subject: ` fits before them.
    private static let wordBytes = 39

    /// The text behind `name`, folded; beyond ASCII in encoded words.
    func field(_ name: String) -> String {
        guard isPlain else { return "\(name): \(encodedWords)\r\n" }
        var lines = ["\(name):"]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].utf8.count + 1 + word.utf8.count > Self.lineLimit { lines.append("") }
            lines[lines.count - 1] += " \(word)"
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// The text as the name of a mailbox: quoted, or in encoded words.
    var phrase: String {
        guard isPlain, text.utf8.count <= 60 else { return encodedWords }
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// Whether it can be written as it is and folded at its spaces, and nobody takes part of it for an encoded word.
    private var isPlain: Bool {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.contains("=?")
            && text.split(separator: " ", omittingEmptySubsequences: false).allSatisfy {
                (1...60).contains($0.utf8.count)
            }
    }

    /// RFC 2047, in UTF-8 and Base64, a line each. No character is cut in two.
    private var encodedWords: String {
        var words: [String] = [""]
        for scalar in text.unicodeScalars {
            let last = words.count - 1
            if words[last].utf8.count + Unicode.UTF8.width(scalar) > Self.wordBytes {
                words.append(String(scalar))
            } else {
                words[last].unicodeScalars.append(scalar)
            }
        }
        return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}
