/// One page of a list, with each element as the very bytes that came: what is stored has to be what Stripe said.
package struct RawList: Sendable {
    /// Objects, each with what it was indented by inside.
    package let elements: [[UInt8]]
    /// More pages follow; the next one starts after the last element's id.
    package let hasMore: Bool

    /// - Throws: for bytes that are no list. What is inside an element is not looked at.
    package init(_ body: [UInt8]) throws(StripeJSONError) {
        try JSONShape.check(body)
        let text = body.span
        guard let fields = text.fields(["data", "has_more"]) else { throw .malformed }
        guard let data = fields[0], let elements = text.elements(of: data) else { throw .field("data") }
        guard elements.allSatisfy({ text.byte(at: $0.lowerBound) == UInt8(ascii: "{") }) else { throw .field("data") }
        self.elements = elements.map { Array(body[$0]) }
        hasMore = fields[1].map { text.extracting($0).reads("true") } ?? false
    }
}

/// Where the parts of one JSON value lie. For bytes whose brackets and strings are known to close.
extension Span<UInt8> {
    /// Where the values of `names` lie in the object that the bytes are; the first by each name.
    /// - Returns: nil where they are no object.
    fileprivate func fields(_ names: [StaticString]) -> [Range<Int>?]? {
        var found = [Range<Int>?](repeating: nil, count: names.count)
        let isObject = walk(from: afterSpace(from: 0), open: "{", close: "}") { index in
            guard let name = string(at: index) else { return nil }
            let colon = afterSpace(from: name.end + 1)
            let start = afterSpace(from: colon + 1)
            guard byte(at: colon) == UInt8(ascii: ":"), let end = afterValue(from: start) else { return nil }
            if let place = names.firstIndex(where: { extracting(name.start..<name.end).reads($0) }),
                found[place] == nil
            {
                found[place] = start..<end
            }
            return end
        }
        return isObject ? found : nil
    }

    /// Where the elements of the array at `range` lie; nil where it is no array.
    fileprivate func elements(of range: Range<Int>) -> [Range<Int>]? {
        var elements: [Range<Int>] = []
        let isArray = walk(from: range.lowerBound, open: "[", close: "]") { index in
            guard let end = afterValue(from: index) else { return nil }
            elements.append(index..<end)
            return end
        }
        return isArray ? elements : nil
    }

    /// Calls `part` where each part of the container at `start` begins; it says where the part ends.
    private func walk(
        from start: Int, open: Unicode.Scalar, close: Unicode.Scalar, part: (Int) -> Int?
    ) -> Bool {
        guard byte(at: start) == UInt8(ascii: open) else { return false }
        var index = afterSpace(from: start + 1)
        if byte(at: index) == UInt8(ascii: close) { return true }
        while let end = part(index) {
            index = afterSpace(from: end)
            if byte(at: index) == UInt8(ascii: close) { return true }
            guard byte(at: index) == UInt8(ascii: ",") else { return false }
            index = afterSpace(from: index + 1)
        }
        return false
    }

    /// Where the value at `start` ends. Does not recurse: of a container only brackets and strings are looked at.
    private func afterValue(from start: Int) -> Int? {
        var index = start
        var depth = 0
        repeat {
            switch byte(at: index) {
            case UInt8(ascii: "\""):
                guard let text = string(at: index) else { return nil }
                index = text.end + 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                index += 1
            case _ where depth > 0: index += 1
            default:
                guard let end = afterWord(from: index) ?? afterNumber(from: index) else { return nil }
                index = end
            }
        } while depth > 0 && index < count
        return depth == 0 ? index : nil
    }

    private func afterWord(from index: Int) -> Int? {
        after("true", from: index) ?? after("false", from: index) ?? after("null", from: index)
    }
}
