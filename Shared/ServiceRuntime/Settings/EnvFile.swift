import FoundationEssentials

/// A file of `NAME=value` lines, as `docker --env-file` reads it, with `export`, comments and quoted values on top.
enum EnvFile {
    struct Unreadable: Error {
        /// What is wrong, fit for `ENV_FILE: …`.
        let fault: String
    }

    static func read(_ path: String) throws(Unreadable) -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Unreadable(fault: "cannot read \(path); name a file that exists and that this user may read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Unreadable(fault: "\(path) is not UTF-8 text; name a file of NAME=value lines")
        }
        return try parse(text, path)
    }

    static func parse(_ text: String, _ path: String) throws(Unreadable) -> [String: String] {
        var values: [String: String] = [:]
        // Not at "\n" alone: in Swift, "\r\n" is one character.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            var line = line.trimmingSpaces
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count).trimmingSpaces }
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
                // The line itself stays out of the message: it may be half a secret.
                throw Unreadable(fault: "line \(index + 1) of \(path) is not NAME=value; mend or remove that line")
            }
            let name = line[..<equals].trimmingSpaces
            values[String(name)] = unquoted(line[line.index(after: equals)...].trimmingSpaces)
        }
        return values
    }

    private static func unquoted(_ value: Substring) -> String {
        guard value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote else {
            return String(value)
        }
        return String(value.dropFirst().dropLast())
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return self[start..<end]
    }
}
