/// What has to be known of an event before anything is done about it, whichever of the two shapes it came in.
package struct EventEnvelope: Hashable, Sendable {
    package let id: String
    package let type: String
    /// Seconds since 1970.
    package let created: Int64
    package let livemode: Bool
    /// The version the event is written in; nil for a thin one.
    package let apiVersion: String?
    /// The connected account it happened on; nil for the account's own events.
    package let account: String?
    /// The event names its object and does not hold it.
    package let isThin: Bool
    /// The snapshot event that tells the same as this thin one; nil where there is none.
    package let twin: String?
    /// The object it is about; nil where its id is none of Stripe's making, as a coupon's may be.
    package let objectID: String?
    package let objectType: String?
    /// The PaymentIntent that the object inside says it belongs to; nil also where that is expanded.
    package let paymentIntent: String?
    /// What the metadata of the object inside says by the key that `read` was asked for. It is the merchant's to set.
    package let metadataValue: String?

    /// Reads the bytes of a webhook, which may be anything at all.
    ///
    /// Names (ids, types, versions) come back as plain ASCII of at most 255 characters, so they can go into a log, a
    /// header or a text column of any database, NUL included among what is refused.
    ///
    /// Refused is only an event of which it cannot be said which it is, of what type or whose. The object's id may be
    /// the merchant's own text, and Stripe disables an endpoint that keeps refusing: whatever else is odd is nil.
    /// - Parameter metadataKey: the key that `metadataValue` is the value of.
    package static func read(_ body: [UInt8], metadataKey: String? = nil) throws(EventError) -> EventEnvelope {
        guard let fields = EventFields(body, metadataKey: metadataKey) else { throw .unreadable(refusal(of: body)) }
        let object = try fields.text(.object, "object")
        if object.elementsEqual(StripeEvent.objectName.utf8) { return try EventEnvelope(snapshot: fields) }
        if object.elementsEqual(ThinEvent.objectName.utf8) { return try EventEnvelope(thin: fields) }
        throw .notAnEvent
    }

    /// Why the scan refused `body`. Only what is refused is looked at twice.
    private static func refusal(of body: [UInt8]) -> StripeJSONError {
        do {
            try JSONShape.check(body)
            return .malformed
        } catch {
            return error
        }
    }
}

extension EventEnvelope {
    private init(snapshot fields: EventFields) throws(EventError) {
        let id = try fields.text(.id, "id")
        let type = try fields.text(.type, "type")
        created = try fields.integer(.created, "created")
        livemode = try fields.bool(.livemode, "livemode")
        let account = try fields.optionalText(.account, "account")
        try fields.requireObject(.data, "data")
        try fields.requireObject(.snapshot, "data.object")
        self.id = try Self.name(id, "id")
        self.type = try Self.name(type, "type")
        self.account = try account.map { text throws(EventError) in try Self.name(text, "account") }
        apiVersion = fields.readableName(.apiVersion)
        isThin = false
        twin = nil
        objectID = fields.readableName(.snapshotID)
        objectType = fields.readableName(.snapshotObject)
        paymentIntent = fields.readableName(.snapshotPaymentIntent)
        metadataValue = fields.readableName(.metadataValue)
    }

    private init(thin fields: EventFields) throws(EventError) {
        let id = try fields.text(.id, "id")
        let type = try fields.text(.type, "type")
        let time = try fields.text(.created, "created")
        guard let created = ISOTime.seconds(in: String(decoding: time, as: UTF8.self)) else {
            throw .unreadable(.field("created"))
        }
        self.created = created
        livemode = try fields.optionalBool(.livemode, "livemode")
        let context = try fields.optionalText(.context, "context")
        self.id = try Self.name(id, "id")
        self.type = try Self.name(type, "type")
        account = try context.flatMap { ThinEvent.account(in: String(decoding: $0, as: UTF8.self)) }
            .map { text throws(EventError) in try Self.name(Array(text.utf8)[...], "context") }
        apiVersion = nil
        isThin = true
        twin = fields.readableName(.snapshotEvent)
        objectID = fields.readableName(.relatedID)
        objectType = fields.readableName(.relatedType)
        paymentIntent = nil
        metadataValue = nil
    }

    private static func name(_ text: ArraySlice<UInt8>, _ field: String) throws(EventError) -> String {
        guard let name = EventFields.name(text) else { throw .invalidText(field: field) }
        return name
    }
}
