/// One walk over the bytes of an event: all of them are checked to be JSON, and what the envelope needs is noted.
///
/// The bytes may be anything. The walk does not recurse, keeps a bit for every open container, and allocates nothing for
/// what it passes over. It holds to RFC 8259 where `JSONDecoder` forgives a comma before a closing bracket and looks
/// into a value only when that is asked for. Like `JSONDecoder`, which reads the stored event later, it takes the first
/// of fields with the same name.
struct EventScan {
    private let metadataKey: String?
    private var found = [JSONToken?](repeating: nil, count: EventField.allCases.count)

    /// How many containers are open.
    private var depth = 0
    /// A bit for each of them, the innermost lowest: whether it is an object.
    private var objects: UInt64 = 0
    /// The innermost open object that has fields of interest, and its depth.
    private var place = EventPlace.event
    private var placeDepth = 1
    /// What the name before the next value means.
    private var field: EventField?

    /// - Parameter metadataKey: whose value in the metadata of a snapshot to note.
    /// - Returns: nil where the bytes are not one JSON object, or one with more than `JSONShape.maximumDepth` levels.
    init?(_ text: Span<UInt8>, metadataKey: String?) {
        self.metadataKey = metadataKey
        guard walk(text) else { return nil }
    }

    /// The value of `field`, nil where there is none.
    subscript(field: EventField) -> JSONToken? { found[field.rawValue] }
}

extension EventScan {
    private enum Due {
        case name
        case nameOrEnd
        case value
        case valueOrEnd
        case commaOrEnd
    }

    private mutating func walk(_ text: Span<UInt8>) -> Bool {
        var index = text.afterSpace(from: 0)
        guard text.byte(at: index) == UInt8(ascii: "{"), open(asObject: true) else { return false }
        index += 1
        var due = Due.nameOrEnd
        while depth > 0 {
            index = text.afterSpace(from: index)
            let byte = text.byte(at: index)
            switch due {
            case .commaOrEnd where byte == UInt8(ascii: ","):
                due = isInObject ? .name : .value
                index += 1
            case .commaOrEnd,
                .nameOrEnd where byte == UInt8(ascii: "}"),
                .valueOrEnd where byte == UInt8(ascii: "]"):
                guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
                close()
                due = .commaOrEnd
                index += 1
            case .name, .nameOrEnd:
                guard let name = text.string(at: index) else { return false }
                index = text.afterSpace(from: name.end + 1)
                guard text.byte(at: index) == UInt8(ascii: ":") else { return false }
                if depth == placeDepth { field = field(named: name, in: text) }
                due = .value
                index += 1
            case .value, .valueOrEnd:
                guard let (next, after) = value(beginningWith: byte, at: index, of: text) else { return false }
                due = next
                index = after
            }
        }
        return text.afterSpace(from: index) == text.count
    }

    /// Reads a value, of a container only its opening bracket.
    /// - Returns: what has to come next, and where that begins.
    private mutating func value(beginningWith byte: UInt8, at index: Int, of text: Span<UInt8>) -> (Due, Int)? {
        switch byte {
        case UInt8(ascii: "\""):
            guard let string = text.string(at: index) else { return nil }
            note(.string(string))
            return (.commaOrEnd, string.end + 1)
        case UInt8(ascii: "{"): return open(asObject: true) ? (.nameOrEnd, index + 1) : nil
        case UInt8(ascii: "["): return open(asObject: false) ? (.valueOrEnd, index + 1) : nil
        case UInt8(ascii: "t"): return word("true", .bool(true), at: index, of: text)
        case UInt8(ascii: "f"): return word("false", .bool(false), at: index, of: text)
        case UInt8(ascii: "n"): return word("null", .null, at: index, of: text)
        default:
            guard let end = text.afterNumber(from: index) else { return nil }
            note(.number(index..<end))
            return (.commaOrEnd, end)
        }
    }

    private mutating func word(
        _ word: StaticString, _ token: JSONToken, at index: Int, of text: Span<UInt8>
    ) -> (Due, Int)? {
        guard let end = text.after(word, from: index) else { return nil }
        note(token)
        return (.commaOrEnd, end)
    }

    // MARK: Containers

    private var isInObject: Bool { objects & 1 == 1 }

    private mutating func open(asObject isObject: Bool) -> Bool {
        guard depth < JSONShape.maximumDepth else { return false }
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        let opened = field?.place
        if note(isObject ? .object : .array), isObject, let opened {
            place = opened
            placeDepth = depth
        }
        return true
    }

    private mutating func close() {
        if depth == placeDepth {
            place = place.outer
            placeDepth -= 1
        }
        depth -= 1
        objects >>= 1
    }

    // MARK: Fields

    private func field(named name: JSONText, in text: Span<UInt8>) -> EventField? {
        if name.isPlain {
            return EventField(text.extracting(name.start..<name.end), in: place, metadataKey: metadataKey)
        }
        guard let name = text.unescaped(name) else { return nil }
        return EventField(name.span, in: place, metadataKey: metadataKey)
    }

    /// Notes the value of the name that came before it, if it is the first by that name.
    /// - Returns: whether it was noted.
    @discardableResult
    private mutating func note(_ token: JSONToken) -> Bool {
        guard let field else { return false }
        self.field = nil
        guard found[field.rawValue] == nil else { return false }
        found[field.rawValue] = token
        return true
    }
}
