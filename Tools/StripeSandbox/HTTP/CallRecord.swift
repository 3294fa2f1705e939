import Crypto
import Glibc
import HTTPTypes
import OrderedCollections
import ServiceRuntime
import Synchronization

/// A file that gets a line for every call of the API, for tests of what was sent: the names of the parameters and a
/// digest of them, no values and no key.
final class CallRecord: Sendable {
    private let file: Mutex<Int32>

    /// Appends to what is there: a sandbox that was killed goes on with its record.
    init(path: String) throws(StartupError) {
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StartupError(
                setting: "RECORD", problem: "cannot write to \(path) (\(String(cString: strerror(errno))))",
                mend: "name another file, or leave it out")
        }
        self.file = Mutex(file)
    }

    deinit { file.withLock { _ = close($0) } }

    /// Written at once, since the call is answered next, and in one piece, so that a SIGKILL leaves no half line.
    func add(_ line: JSON) {
        let bytes = Array((line.compact + "\n").utf8)
        file.withLock { _ = write($0, bytes, bytes.count) }
    }
}

extension Exchange {
    /// What is recorded of it.
    /// - Parameters:
    ///   - status: nil where the connection was closed without an answer.
    ///   - now: µs since 1970.
    func record(_ status: Int?, at now: Int64) -> JSON {
        [
            "time": .double(Double(now) / 1e6), "method": .string(method), "path": .string(path),
            "parameters": JSON(sent.leafNames), "digest": .string(digest),
            "idempotency_key": JSON(headers[.idempotencyKey]),
            "authorization": JSON(headers[.authorization].flatMap { $0.split(separator: " ").first.map(String.init) }),
            "account": JSON(scope?.account), "livemode": JSON(scope?.livemode),
            "stripe_account": JSON(headers[.stripeAccount] ?? headers[.stripeContext]),
            "stripe_version": JSON(headers[.stripeVersion]), "user_agent": JSON(headers[.userAgent]),
            "status": status.map { JSON($0) } ?? nil,
        ]
    }

    /// The same for the same parameters.
    private var digest: String { Identifier.base62(SHA256.hash(data: Array(sent.compact.utf8))) }
}

extension JSON {
    /// `a`, `b[c]`, `d[0][e]`: the names by which a form would have sent it.
    fileprivate var leafNames: [String] { fields.flatMap { $0.value.leafNames(under: $0.key) } }

    private func leafNames(under name: String) -> [String] {
        switch self {
        case .object(let fields) where !fields.isEmpty:
            fields.flatMap { $0.value.leafNames(under: "\(name)[\($0.key)]") }
        case .array(let elements) where !elements.isEmpty:
            elements.enumerated().flatMap { $0.element.leafNames(under: "\(name)[\($0.offset)]") }
        default: [name]
        }
    }
}
