import Foundation

/// What is wrong with a template, and where.
struct TemplateFault: Error, Equatable {
    /// From 1.
    let line: Int
    let message: String
}

/// Looks through a template's tags before Mustache does: Mustache renders a name that it does not know as nothing, and
/// would let a template switch off escaping.
enum TemplateScan {
    static func check(_ source: String, values: [String]) throws(TemplateFault) {
        var open: [(name: String, line: Int)] = []
        var line = 1
        var rest = source[...]
        while let start = rest.firstRange(of: "{{") {
            line += breaks(in: rest[..<start.lowerBound])
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "}}") else {
                throw TemplateFault(line: line, message: "{{ is not closed by }}.")
            }
            let tag = Tag(rest[..<end.lowerBound])
            try check(tag, at: line, values, &open)
            line += breaks(in: rest[..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        if let last = open.last {
            throw TemplateFault(line: last.line, message: "The section {{#\(last.name)}} is not closed.")
        }
    }

    private static func breaks(in text: Substring) -> Int { text.count(where: \.isNewline) }

    /// `#name`: what stands between the braces.
    private struct Tag {
        let sign: Character?
        let name: String

        init(_ text: Substring) {
            sign = text.first.flatMap { "#^/!{&><$=%".contains($0) ? $0 : nil }
            name = text.dropFirst(sign == nil ? 0 : 1).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    private static func check(
        _ tag: Tag, at line: Int, _ values: [String], _ open: inout [(name: String, line: Int)]
    ) throws(TemplateFault) {
        switch tag.sign {
        case "!": return
        case "/":
            guard open.popLast()?.name == tag.name else {
                throw TemplateFault(line: line, message: "{{/\(tag.name)}} closes no section that is open here.")
            }
            return
        case nil: break
        case "#", "^": open.append((tag.name, line))
        case "{", "&":
            throw TemplateFault(
                line: line, message: "A value is always escaped where that is needed; write {{name}}, two braces.")
        case let sign?:
            throw TemplateFault(
                line: line, message: "{{\(sign) is not for emails; there are {{name}}, {{#name}}, {{^name}}, {{!note}}."
            )
        }
        guard values.contains(tag.name) else {
            throw TemplateFault(
                line: line, message: "There is no value {{\(tag.name)}}; there are \(values.joined(separator: ", ")).")
        }
    }
}
