package import Security

/// Why a value cannot be used; the reader puts the setting's name in front.
package struct SettingFault: Error, CustomStringConvertible {
    /// `what is wrong; the mend`.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension SettingsReader {
    /// Any setting: the other readers come down to this one.
    ///
    /// - Parameters:
    ///   - form: what a value looks like, for `--help` and for the mend: `HOST:PORT`.
    ///   - meaning: what it is for, in a few words.
    ///   - isRequired: not being set is a fault.
    ///   - show: the value as it may be printed.
    ///   - parse: throws what is wrong, with the mend, and without the value if that is secret.
    /// - Returns: nil if it is not set, or if it is at fault.
    package mutating func value<T>(
        _ name: String, form: String, meaning: String, preset: String? = nil, isRequired: Bool = false,
        isSecret: Bool = false, bareFlag: String? = nil, show: (T) -> String, parse: (String) throws -> T
    ) -> T? {
        let text: String
        switch declare(name, form: form, meaning: meaning, preset: preset, isSecret: isSecret) {
        case .text(let given):
            text = given
        case .bareFlag:
            guard let bareFlag else {
                fault(name, "\(CommandFlags.name(of: name)) has no value; set it to \(form)")
                return nil
            }
            text = bareFlag
        case .absent:
            if isRequired { fault(name, "not set; set it to \(form)") }
            return nil
        }
        do {
            let value = try parse(text)
            self.show(show(value))
            return value
        } catch {
            fault(name, "\(error)")
            return nil
        }
    }

    /// Text of any kind; nil if it is not set.
    package mutating func optionalString(_ name: String, form: String = "TEXT", meaning: String) -> String? {
        value(name, form: form, meaning: meaning, show: { $0 }, parse: { $0 })
    }

    /// Text of any kind.
    package mutating func string(
        _ name: String, default preset: String, form: String = "TEXT", meaning: String
    ) -> String {
        value(name, form: form, meaning: meaning, preset: preset, show: { $0 }, parse: { $0 }) ?? preset
    }

    /// A whole number within `range`.
    package mutating func int(
        _ name: String, default preset: Int, in range: ClosedRange<Int>, meaning: String
    ) -> Int {
        let form = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return value(name, form: form, meaning: meaning, preset: "\(preset)", show: { "\($0)" }) { text in
            guard let number = Int(text), range.contains(number) else {
                throw SettingFault("\"\(text)\" is not \(form); set it to one, or leave it out for \(preset)")
            }
            return number
        } ?? preset
    }

    /// `true` or `false`; a flag without a value is true.
    package mutating func bool(_ name: String, default preset: Bool, meaning: String) -> Bool {
        value(
            name, form: "true or false", meaning: meaning, preset: "\(preset)", bareFlag: "true", show: { "\($0)" }
        ) { text in
            switch text.lowercased() {
            case "true", "yes", "1", "on": return true
            case "false", "no", "0", "off": return false
            default: throw SettingFault("\"\(text)\" is neither true nor false; set it to one of them")
            }
        } ?? preset
    }

    /// A span of time in seconds, decimals allowed.
    package mutating func duration(
        _ name: String, default preset: Duration, in range: ClosedRange<Duration>, meaning: String
    ) -> Duration {
        let form = "seconds from \(range.lowerBound.secondsText) to \(range.upperBound.secondsText)"
        return value(name, form: form, meaning: meaning, preset: preset.secondsText, show: \.secondsText) { text in
            guard let duration = Duration(secondsText: text), range.contains(duration) else {
                throw SettingFault(
                    "\"\(text)\" is not \(form); set it to such a number, or leave it out for \(preset.secondsText)")
            }
            return duration
        } ?? preset
    }

    /// Spans of time in seconds, set apart by commas; nil if it is not set.
    package mutating func optionalDurations(_ name: String, meaning: String) -> [Duration]? {
        let form = "seconds, comma-separated"
        return value(
            name, form: form, meaning: meaning, show: { $0.map(\.secondsText).joined(separator: ",") }
        ) { text in
            try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
                let part = part.filter { !$0.isWhitespace }
                guard let duration = Duration(secondsText: part), duration >= .zero else {
                    throw SettingFault("\"\(part)\" is not a number of seconds; set it to \(form), such as 5,300,1800")
                }
                return duration
            }
        }
    }

    /// Where to listen: `HOST:PORT`.
    package mutating func listenAddress(
        _ name: String, default preset: ListenAddress, meaning: String
    ) -> ListenAddress {
        value(name, form: "HOST:PORT", meaning: meaning, preset: "\(preset)", show: { "\($0)" }) { text in
            guard let address = ListenAddress(text) else {
                throw SettingFault("\"\(text)\" is not HOST:PORT; set it to something like \(preset)")
            }
            return address
        } ?? preset
    }

    /// A URL with one of `schemes`; nil if it is not set. Shown with its password masked.
    package mutating func optionalURL(_ name: String, schemes: [String], meaning: String) -> String? {
        url(name, preset: nil, schemes: schemes, meaning: meaning)
    }

    /// A URL with one of `schemes`, without a final slash. Shown with its password masked.
    package mutating func url(
        _ name: String, default preset: String, schemes: [String] = ["https", "http"], meaning: String
    ) -> String {
        url(name, preset: preset, schemes: schemes, meaning: meaning) ?? preset
    }

    private mutating func url(_ name: String, preset: String?, schemes: [String], meaning: String) -> String? {
        let form = schemes.map { "\($0)://…" }.joined(separator: " or ")
        return value(
            name, form: form, meaning: meaning, preset: preset, isSecret: true, show: maskedURL
        ) { text in
            // Not repeated in the fault: it may hold a password.
            guard
                let end = text.firstRange(of: "://"), schemes.contains(text[..<end.lowerBound].lowercased()),
                !text[end.upperBound...].prefix(while: { !"/?#".contains($0) }).isEmpty,
                !text.contains(where: \.isWhitespace)
            else { throw SettingFault("not a URL of the form \(form); set it to one") }
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }

    /// A secret that must be set; an empty one stands in for a fault.
    package mutating func secret(_ name: String, form: String = "SECRET", meaning: String) -> Secret {
        value(
            name, form: form, meaning: meaning, isRequired: true, isSecret: true, show: { "\($0)" },
            parse: { Secret($0) }) ?? Secret("")
    }

    /// One of a few words.
    package mutating func choice<T: RawRepresentable<String> & CaseIterable>(
        _ name: String, default preset: T, meaning: String
    ) -> T {
        let form = T.allCases.map(\.rawValue).joined(separator: ", ")
        return value(name, form: form, meaning: meaning, preset: preset.rawValue, show: \.rawValue) { text in
            guard let choice = T(rawValue: text.lowercased()) else {
                throw SettingFault("\"\(text)\" is not one of \(form); set it to one of them")
            }
            return choice
        } ?? preset
    }
}
