package import Database

/// A storefront's identifier.
package struct TenantID: RowID {
    package static let prefix = "ten_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// Our row of a received webhook; Stripe's own name for the event is `stripeEventID`.
package struct EventID: RowID {
    package static let prefix = "whe_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// A job's number, shown as `job_42`.
package struct JobID: Sendable, Hashable, Comparable, CustomStringConvertible, SQLBindable, SQLReadable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    /// Reads `job_42`; `nil` for anything else.
    package init?(_ text: String) {
        guard text.hasPrefix("job_"), let number = Int64(text.dropFirst(4)), number > 0 else { return nil }
        rawValue = number
    }

    package var description: String { "job_\(rawValue)" }
    package var sqlValue: SQLValue { .integer(rawValue) }
    package init?(sqlValue: SQLValue) {
        guard let number = Int64(sqlValue: sqlValue) else { return nil }
        rawValue = number
    }

    package static func < (a: JobID, b: JobID) -> Bool { a.rawValue < b.rawValue }
}

/// What a job is; its handler has the same kind.
package struct JobKind: RawRepresentable, Sendable, Hashable, CustomStringConvertible, SQLBindable, SQLReadable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }
    package var sqlValue: SQLValue { .text(rawValue) }
    package init?(sqlValue: SQLValue) {
        guard let text = String(sqlValue: sqlValue) else { return nil }
        rawValue = text
    }
}
