/// Values of a column that this build must know.
enum Stored {
    static func known<Value: RawRepresentable<String>>(
        _ text: String, _ what: String
    ) throws(CommerceError) -> Value {
        guard let value = Value(rawValue: text) else {
            throw .unreadable("\(what) is \"\(text.prefix(40))\", which this build does not know.")
        }
        return value
    }
}
