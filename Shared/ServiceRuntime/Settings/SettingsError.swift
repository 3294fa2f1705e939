/// Why a program does not start: its settings are wrong, or it was asked for help.
package enum SettingsError: Error, Equatable {
    /// One line a fault: `NAME: what is wrong; the mend`.
    case faults([String])
    /// `--help`: the text to print.
    case help(String)

    /// 0 for help; 64 (bad usage, as in sysexits.h) for faults.
    package var exitCode: Int32 {
        switch self {
        case .faults: 64
        case .help: 0
        }
    }

    /// What to print: for faults on standard error, for help on standard output.
    package var lines: [String] {
        switch self {
        case .faults(let lines): lines
        case .help(let text): [text]
        }
    }
}
