import ArgumentParser

/// Why an operator does something: for those who read the audit log later.
struct ReasonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Why, for the audit log.", valueName: "text"))
    var reason: String?

    func validate() throws {
        _ = try given
    }

    /// nil when none is given; one without words is none.
    var given: String? {
        get throws {
            guard let reason else { return nil }
            guard reason.contains(where: { !$0.isWhitespace }), reason.count <= 500, !reason.contains("\0") else {
                throw ValidationError("--reason: say in a few words why, in at most 500 characters.")
            }
            return reason
        }
    }
}
