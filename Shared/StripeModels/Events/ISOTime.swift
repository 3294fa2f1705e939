import FoundationEssentials

/// A time as the v2 API writes it, `2026-11-22T10:00:00.123Z`.
struct ISOTime: Decodable {
    /// Seconds since 1970.
    let seconds: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let seconds = Self.seconds(in: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time")
        }
        self.seconds = seconds
    }

    static func seconds(in text: String) -> Int64? {
        // The longest that is legitimate has nanoseconds and an offset.
        guard text.utf8.count <= 40 else { return nil }
        let date =
            (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
            ?? (try? Date.ISO8601FormatStyle().parse(text))
        return date.flatMap { Int64(exactly: $0.timeIntervalSince1970.rounded(.down)) }
    }
}
