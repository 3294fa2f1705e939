import ServiceRuntime

/// What a caller notes on an object: names of its own choice with strings. How many and how long, Commerce decides.
enum Metadata {
    static func read(_ name: String = "metadata", from fields: Fields) throws(APIError) -> [String: String] {
        var metadata: [String: String] = [:]
        for member in try fields.members(name) ?? [] {
            guard case .string(let value) = member.value else {
                throw .wrongType("\(fields.parameter(name))[\(member.name)]", "a string", member.value.typeName)
            }
            try TextScreen.refuseCardNumber(in: value, "\(fields.parameter(name))[\(member.name)]")
            metadata[member.name] = value
        }
        return metadata
    }
}
