import Database
import Logging

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

extension DatabaseURL {
    /// As a child process is told of it.
    var text: String {
        switch self {
        case .sqlite(let path): "sqlite:\(path)"
        case .postgres(let url): url
        }
    }
}
