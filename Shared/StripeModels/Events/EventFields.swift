/// The fields of an event as values: what has the wrong type is named in an error, never repeated.
struct EventFields {
    private let body: [UInt8]
    private let scan: EventScan

    /// - Returns: nil where `body` is no JSON object, or one that is nested too deeply.
    init?(_ body: [UInt8], metadataKey: String?) {
        guard let scan = EventScan(body.span, metadataKey: metadataKey) else { return nil }
        self.body = body
        self.scan = scan
    }

    // MARK: Text

    /// The UTF-8 of a text that has to be there.
    func text(_ field: EventField, _ path: String) throws(EventError) -> ArraySlice<UInt8> {
        guard case .string(let text) = scan[field], let bytes = utf8(of: text) else {
            throw .unreadable(.field(path))
        }
        return bytes
    }

    /// nil for a text that is absent or null.
    func optionalText(_ field: EventField, _ path: String) throws(EventError) -> ArraySlice<UInt8>? {
        switch scan[field] {
        case nil, .null: nil
        default: try text(field, path)
        }
    }

    /// nil also for what is no name: for what must not hide the rest of its event.
    func readableName(_ field: EventField) -> String? {
        guard case .string(let text) = scan[field] else { return nil }
        return utf8(of: text).flatMap(Self.name)
    }

    /// `text` as a name, that is of 1 to 255 characters of plain ASCII, without a space.
    static func name(_ text: ArraySlice<UInt8>) -> String? {
        guard 1...255 ~= text.count, text.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    private func utf8(of text: JSONText) -> ArraySlice<UInt8>? {
        text.isPlain ? body[text.start..<text.end] : body.span.unescaped(text)?[...]
    }

    // MARK: Other values

    /// A whole number, in whatever way it is written: `17e8` is one as well.
    func integer(_ field: EventField, _ path: String) throws(EventError) -> Int64 {
        // The longest that is legitimate has 19 digits and zeros behind the point.
        guard case .number(let range) = scan[field], range.count <= 40 else { throw .unreadable(.field(path)) }
        let digits = String(decoding: body[range], as: UTF8.self)
        guard let value = Int64(digits) ?? Double(digits).flatMap(Int64.init(exactly:)) else {
            throw .unreadable(.field(path))
        }
        return value
    }

    func bool(_ field: EventField, _ path: String) throws(EventError) -> Bool {
        guard case .bool(let value) = scan[field] else { throw .unreadable(.field(path)) }
        return value
    }

    /// false where it is absent or null.
    func optionalBool(_ field: EventField, _ path: String) throws(EventError) -> Bool {
        switch scan[field] {
        case nil, .null: false
        default: try bool(field, path)
        }
    }

    func requireObject(_ field: EventField, _ path: String) throws(EventError) {
        guard case .object = scan[field] else { throw .unreadable(.field(path)) }
    }
}
