/// The text exposition format, version 0.0.4 (Prometheus: "Exposition formats").
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`: whatever else a name holds becomes `_`.
    static func metricName(_ label: String) -> String {
        sanitized(label, allowing: ":")
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`.
    static func labelName(_ label: String) -> String {
        sanitized(label, allowing: nil)
    }

    private static func sanitized(_ text: String, allowing extra: Character?) -> String {
        let name = String(
            text.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == extra ? $0 : "_" })
        guard let first = name.first else { return "_" }
        return first.isNumber ? "_" + name : name
    }

    static func escapedHelp(_ text: String) -> String {
        text.replacing("\\", with: #"\\"#).replacing("\n", with: #"\n"#)
    }

    static func escapedValue(_ text: String) -> String {
        escapedHelp(text).replacing("\"", with: #"\""#)
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    /// `name{a="b",le="0.5"} 3`
    static func sample(_ name: String, _ labels: LabelSet, le bound: Double? = nil, _ value: Double) -> String {
        var pairs = labels.pairs.map { "\($0.name)=\"\(escapedValue($0.value))\"" }
        if let bound { pairs.append("le=\"\(number(bound))\"") }
        let list = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
        return "\(name)\(list) \(number(value))\n"
    }

    static func header(_ name: String, help: String?, type: String) -> String {
        let help = help.map { "# HELP \(name) \(escapedHelp($0))\n" } ?? ""
        return "\(help)# TYPE \(name) \(type)\n"
    }
}
