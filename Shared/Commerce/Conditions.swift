import Database

/// The WHERE clause of a list whose filters are optional, with its parameters in step.
struct Conditions {
    private var clauses: [String] = []
    private(set) var parameters: [any SQLBindable] = []

    /// Adds a clause in which `?` stands for each value in turn.
    mutating func add(_ clause: String, _ values: any SQLBindable...) {
        var text = ""
        var rest = values[...]
        for character in clause {
            if character == "?", let value = rest.popFirst() {
                text += bind(value)
            } else {
                text.append(character)
            }
        }
        clauses.append(text)
    }

    /// Adds a parameter and returns its `$n`.
    mutating func bind(_ value: any SQLBindable) -> String {
        parameters.append(value)
        return "$\(parameters.count)"
    }

    /// Empty when there is no clause.
    var sql: String { clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ") }
}
