/// Many ids as one parameter, so that one prepared statement serves lists of every length; see `Dialect.isMember`.
package struct IDList: SQLBindable {
    package let sqlValue: SQLValue

    package init(_ ids: [Int64]) {
        sqlValue = .text("[" + ids.lazy.map { String($0) }.joined(separator: ",") + "]")
    }
}

/// Many ids, each with its token, as one parameter; see `Dialect.pairs`.
package struct IDTokenList: SQLBindable {
    package let sqlValue: SQLValue

    package init(_ pairs: [(id: Int64, token: String)]) {
        var json = "["
        for (index, pair) in pairs.enumerated() {
            json += index == 0 ? "[" : ",["
            json += "\(pair.id),"
            Self.append(pair.token, to: &json)
            json += "]"
        }
        json += "]"
        sqlValue = .text(json)
    }

    private static func append(_ text: String, to json: inout String) {
        json += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": json += "\\\(scalar)"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        json += "\""
    }
}

extension Dialect {
    /// Whether `column` is one of the ids of an `IDList` that is bound to `parameter` (`$1`).
    package func isMember(_ column: String, of parameter: String) -> String {
        switch self {
        case .sqlite: "\(column) IN (SELECT value FROM json_each(\(parameter)))"
        case .postgres: "\(column) = ANY(translate(\(parameter), '[]', '{}')::bigint[])"
        }
    }

    /// The pairs of an `IDTokenList` that is bound to `parameter`: a subquery, in parentheses, with the columns `id`
    /// and `token`. `(id, lease_token) IN \(dialect.pairs(of: "$1"))`, or `FROM \(dialect.pairs(of: "$1")) AS pair`.
    package func pairs(of parameter: String) -> String {
        switch self {
        case .sqlite:
            "(SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS token FROM json_each(\(parameter)))"
        case .postgres:
            "(SELECT (pair->>0)::bigint AS id, pair->>1 AS token FROM json_array_elements(\(parameter)::json) AS pair)"
        }
    }
}
