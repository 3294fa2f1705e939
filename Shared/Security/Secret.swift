/// A value that must never be printed: a key, a password, a signing secret.
///
/// Interpolation, `print`, `dump`, reflection and debuggers all see `<secret>`. It is deliberately not `Encodable`:
/// writing one into JSON is a compile error. The value leaves only through ``exposed``, so that a search for that word
/// finds every place where a secret is used.
package struct Secret: Sendable {
    /// The value itself. Hand it to what needs it; never to a log, an error or an answer.
    package let exposed: String

    package init(_ value: String) {
        self.exposed = value
    }

    /// What stands in for every secret wherever it is printed.
    package static let mask = "<secret>"
}

extension Secret: Hashable {
    /// Takes the same time wherever the two differ.
    package static func == (a: Secret, b: Secret) -> Bool {
        constantTimeEquals(a.exposed.utf8, b.exposed.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(exposed)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Secret.mask }
    package var debugDescription: String { Secret.mask }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
