import CPostgres

/// What of a connection URL may be shown.
enum PostgresURL {
    /// Host, port and database, as libpq itself reads them; `nil` for what libpq does not take. By hand one gets it wrong
    /// for a password with a `?` or an `@` in it.
    static func place(in url: String) -> String? {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            // The message quotes the URL, so it is not shown.
            if let message { PQfreemem(message) }
            return nil
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        // A `/` in the password makes the rest of it port and database.
        guard (values["port"] ?? "").allSatisfy({ $0.isNumber || $0 == "," }) else { return nil }
        let port = values["port"].map { ":\($0)" } ?? ""
        return "\(values["host"] ?? "")\(port)/\(values["dbname"] ?? "")"
    }
}
