/// The shape of a command line: which flags it has, and what does not belong on it.
///
/// swift-configuration looks values up; it passes over what it does not know. A misspelt flag must stop a program
/// instead, so the line is checked here as well.
struct CommandFlags {
    /// In the order they were given, without a value's text.
    private(set) var names: [String] = []
    private(set) var repeated: [String] = []
    private(set) var stray: [String] = []
    private(set) var asksForHelp = false

    /// - Parameter arguments: as in `CommandLine.arguments`, the program first.
    init(_ arguments: [String]) {
        var takesValue = false
        for argument in arguments.dropFirst() {
            if argument == "--help" || argument == "-h" {
                asksForHelp = true
                takesValue = false
            } else if argument.hasPrefix("--"), argument.count > 2 {
                let name = String(argument.prefix { $0 != "=" })
                if names.contains(name) { repeated.append(name) }
                names.append(name)
                takesValue = !argument.contains("=")
            } else if takesValue {
                takesValue = false
            } else {
                stray.append(argument)
            }
        }
    }

    /// `DATABASE_URL` → `--database-url`.
    static func name(of setting: String) -> String {
        "--" + setting.lowercased().replacing("_", with: "-")
    }

    /// The declared flag that `flag` was probably meant to be.
    static func nearest(to flag: String, in declared: [String]) -> String? {
        let candidates = declared.map { (flag: $0, distance: editDistance($0, flag)) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }), best.distance <= 3 else { return nil }
        return best.flag
    }

    private static func editDistance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
