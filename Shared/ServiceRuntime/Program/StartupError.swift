/// Why a program cannot start, in one line for whoever starts it.
package struct StartupError: Error, Equatable, CustomStringConvertible {
    /// `DATABASE_URL: cannot open data/checkout.db (disk full); free some space or name another file`
    package let description: String

    /// - Parameters:
    ///   - setting: the setting that the fault lies with.
    ///   - problem: what went wrong; no secrets.
    ///   - mend: what to do about it.
    package init(setting: String, problem: String, mend: String) {
        description = "\(setting): \(problem); \(mend)"
    }
}
