/// What went wrong in the database, in words an operator can act on.
package struct DatabaseError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// Another process held the file's write lock for longer than the busy timeout, or too many transactions wait.
        case busy
        case constraint(Constraint)
        /// The connection broke inside a transaction: nothing of it is stored.
        case connectionLost
        /// The connection broke while the commit was under way: it may or may not be stored.
        case commitUnknown
        /// No connection could be had.
        case unavailable
        case diskFull
        /// A serialization failure or a deadlock: run again from the start.
        case conflict
        /// The schema is older than the program needs, or a migration failed.
        case schema
        /// Another database is being copied into this one, or was and the copy was broken off.
        case unfinishedCopy
        /// The statement took longer than the setting allows.
        case timeout
        /// The file is not a database, or is damaged, or may not be written.
        case storage
        /// A fault in a statement, its parameters, or how its result is read: ours.
        case misuse
        case closed
    }

    package enum Constraint: Sendable, Hashable {
        case unique, foreignKey, notNull, check
    }

    package let code: Code
    package let message: String
    /// What an operator does about it, where that is not in the message.
    package let mend: String?

    package init(_ code: Code, _ message: String, mend: String? = nil) {
        self.code = code
        self.message = message
        self.mend = mend
    }

    /// Whether the same call may succeed later without anyone mending anything in the program.
    package var isRetryable: Bool {
        switch code {
        case .busy, .connectionLost, .commitUnknown, .unavailable, .diskFull, .conflict, .timeout, .schema,
            .unfinishedCopy:
            true
        case .constraint, .storage, .misuse, .closed: false
        }
    }

    package var isUniqueViolation: Bool { code == .constraint(.unique) }

    package var description: String { mend.map { "\(message); \($0)" } ?? message }
}
