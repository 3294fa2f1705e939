import ServiceRuntime

extension QueryFields {
    /// One of the words, or nil where it was left out.
    func choice(_ name: String, of choices: [String]) throws(APIError) -> String? {
        guard let value = try string(name) else { return nil }
        guard choices.contains(value) else { throw .notAmong(name, choices) }
        return value
    }

    /// `true` or `false`, or nil where it was left out.
    func flag(_ name: String) throws(APIError) -> Bool? {
        try choice(name, of: ["true", "false"]).map { $0 == "true" }
    }
}
