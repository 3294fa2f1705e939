/// A value as it stands among the bytes.
enum JSONToken {
    case string(JSONText)
    case number(Range<Int>)
    case bool(Bool)
    case null
    case object
    case array
}
