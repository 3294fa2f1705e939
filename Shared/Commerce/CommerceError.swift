/// What this module refuses or cannot do, in words for whoever sent the request.
///
/// The message names the field and the mend and holds no secret, so the API may show it as it is. A failing database
/// stays a `DatabaseError`.
package struct CommerceError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// The request is wrong: 400.
        case invalid
        /// No such thing, or it is another tenant's: 404.
        case notFound
        /// Right in itself, but not in this state: 409, or 400 where the contract says so.
        case conflict
        /// What is stored cannot be read (a missing master key, a damaged row): 500, for the operator to mend.
        case unreadable
    }

    /// The machine's word for the error, as Stripe's codes are written.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let parameterInvalid = Code(rawValue: "parameter_invalid")
        package static let parameterMissing = Code(rawValue: "parameter_missing")
        package static let resourceMissing = Code(rawValue: "resource_missing")
        package static let cardNumberRefused = Code(rawValue: "card_number_refused")
        /// The key belongs to the other mode.
        package static let modeMismatch = Code(rawValue: "mode_mismatch")
        package static let stateConflict = Code(rawValue: "state_conflict")
        /// Nothing of it was paid, so nothing can be given back.
        package static let orderNotPaid = Code(rawValue: "order_not_paid")
        package static let chargeAlreadyRefunded = Code(rawValue: "charge_already_refunded")
        package static let amountTooLarge = Code(rawValue: "amount_too_large")
        /// The order moved while Stripe was being asked: read again.
        package static let orderChanged = Code(rawValue: "order_changed")
        /// The lock of an idempotency key expired and another request holds it now: roll back and begin again.
        package static let idempotencyLockLost = Code(rawValue: "idempotency_lock_lost")
        package static let storedDataUnreadable = Code(rawValue: "stored_data_unreadable")
    }

    package let kind: Kind
    package let code: Code
    package let message: String
    /// The field at fault, as the request writes it: `items[2].sku`.
    package let param: String?

    package init(_ kind: Kind, _ code: Code, _ message: String, param: String? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.param = param
    }

    /// Whether the same call may succeed later without anyone changing it.
    package var isRetryable: Bool { code == .orderChanged || code == .idempotencyLockLost }

    package var description: String { message }
}

extension CommerceError {
    static func invalid(_ param: String, _ message: String) -> CommerceError {
        CommerceError(.invalid, .parameterInvalid, message, param: param)
    }

    static func missing(_ param: String, _ message: String) -> CommerceError {
        CommerceError(.invalid, .parameterMissing, message, param: param)
    }

    /// `what` with its id, as Stripe words it: "No such order: 'ord_1'".
    static func noSuch(_ what: String, _ id: String, param: String? = nil) -> CommerceError {
        CommerceError(.notFound, .resourceMissing, "No such \(what): '\(id.prefix(80))'.", param: param)
    }

    static func unreadable(_ what: String) -> CommerceError {
        CommerceError(.unreadable, .storedDataUnreadable, what)
    }
}
