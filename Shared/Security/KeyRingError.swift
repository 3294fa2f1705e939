/// Why a key ring could not be read, or a sealed value not be opened. Never holds key material.
package struct KeyRingError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// The setting is not `id:base64(32 bytes),…`.
        case malformedSetting
        /// The value was sealed under a key that the ring no longer holds.
        case unknownKey(id: String)
        /// Altered, cut short, or sealed for another context.
        case notAuthentic
    }

    package let code: Code
    /// One sentence: what is wrong, and the mend.
    package let message: String

    package var description: String { message }

    static func malformed(_ message: String) -> KeyRingError {
        KeyRingError(code: .malformedSetting, message: message)
    }

    static func unknownKey(_ id: String) -> KeyRingError {
        KeyRingError(
            code: .unknownKey(id: id),
            message: "Sealed under master key \"\(id)\", which the key ring does not hold; add that key at its end.")
    }

    static let notAuthentic = KeyRingError(
        code: .notAuthentic,
        message: "The sealed value was altered, or was sealed for another owner; it was not opened.")
}
