import Foundation

/// The parameters of one call as Stripe's official library for Python types them, where it lies in the repository's
/// `.venv`.
struct SDKParameters {
    struct Field {
        let annotation: String
        var isRequired: Bool { !annotation.hasPrefix("NotRequired[") }
    }

    /// Where the library's `params` are; nil when it is not installed.
    static let folder: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let libraries = root.appending(path: ".venv/lib")
        let pythons = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path())) ?? []
        return pythons.map { libraries.appending(path: "\($0)/site-packages/stripe/params") }
            .first { FileManager.default.fileExists(atPath: $0.path()) }
    }()

    private var classes: [String: [String: Field]] = [:]
    private var outermost = ""

    /// - Parameter file: for example `checkout/_session_create_params.py`.
    init(file: String, in folder: URL) throws {
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        var current = ""
        var field: (name: String, annotation: String)?
        var isInComment = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("    \"\"\"") {
                isInComment.toggle()
            } else if isInComment {
                continue
            } else if let match = line.wholeMatch(of: /class (\w+)\((\w+)\):/) {
                current = String(match.1)
                // The class of the call itself stands first.
                if outermost.isEmpty { outermost = current }
                classes[current] = [:]
                field = nil
            } else if let match = line.wholeMatch(of: #/    (\w+): (.+)/#), !current.isEmpty {
                field = (String(match.1), String(match.2))
            } else if field != nil {
                // An annotation that goes on.
                field?.annotation += line.trimmingCharacters(in: .whitespaces)
            }
            if let field { classes[current]?[field.name] = Field(annotation: field.annotation) }
        }
    }

    /// What is wrong with sending `pairs`, such as `("items[0][price]", "price_1")`.
    func faults(of pairs: [(name: String, value: String)]) -> [String] {
        var faults: [String] = []
        for (name, value) in pairs {
            let parts = name.split { $0 == "[" || $0 == "]" }.map(String.init)
            if let fault = fault(of: parts[...], value, in: outermost) { faults.append("\(name): \(fault)") }
        }
        for (name, field) in classes[outermost] ?? [:] where field.isRequired {
            if !pairs.contains(where: { $0.name == name || $0.name.hasPrefix(name + "[") }) {
                faults.append("\(name) is missing")
            }
        }
        return faults
    }

    private func fault(of parts: ArraySlice<String>, _ value: String, in name: String) -> String? {
        guard let field = parts.first.flatMap({ classes[name]?[$0] }) else { return "no such parameter" }
        let inner = parts.dropFirst().drop { $0.allSatisfy(\.isNumber) }
        // A map of the caller's own keys.
        if field.annotation.contains("Dict[str, str]") { return inner.count == 1 ? nil : "a map is flat" }
        let types = field.annotation.matches(of: /\w+/).map { String($0.0) }
        guard inner.isEmpty else {
            guard let type = types.first(where: { classes[$0] != nil }) else { return "it has no fields" }
            return fault(of: inner, value, in: type)
        }
        if types.contains(where: { classes[$0] != nil }), !types.contains("int"), !value.isEmpty {
            return "it has fields"
        }
        let words = field.annotation.matches(of: /Literal\[([^\]]*)\]/)
            .flatMap { $0.1.matches(of: /['"]([^'"]+)['"]/).map { String($0.1) } }
        let isWord = !words.isEmpty && !types.contains("int") && !types.contains("bool")
        return !isWord || words.contains(value) || value.isEmpty ? nil : "\(value) is none of its values"
    }
}
