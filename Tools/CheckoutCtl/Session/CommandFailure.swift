import ArgumentParser
import Commerce
import Database
import Foundation
import Mail
import Security
import ServiceRuntime
import StripeClient
import StripeModels

/// Why a command ends without having done its work.
enum CommandFailure: Error, Equatable {
    /// The command line or a setting is wrong: 64.
    case usage(String)
    /// It was right, but did not work: 1.
    case failed(String)

    /// Whatever went wrong, in one line a fault and with an exit code.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as SettingsError: self = .usage(error.lines.joined(separator: "\n"))
        case let error as CommerceError where error.kind == .invalid: self = .usage(error.message)
        case let error as CommerceError: self = .failed(error.message)
        case let error as DatabaseError: self = .failed("Database: \(error)")
        case let error as StripeError: self = .failed(Self.words(of: error))
        case let error as MailError where error.code == .invalid: self = .usage(error.message)
        case let error as KeyRingError: self = .failed("CHECKOUT_MASTER_KEYS: \(error.message)")
        default: self = .failed("Unexpected: \(error)")
        }
    }

    var message: String {
        switch self {
        case .usage(let message), .failed(let message): message
        }
    }

    var exitCode: ExitCode {
        switch self {
        case .usage: .validationFailure
        case .failed: .failure
        }
    }

    /// Plain words where the key is at fault, then Stripe's own, for the operator, who is the owner of the account.
    private static func words(of error: StripeError) -> String {
        guard let body = error.body, let message = body.message else { return "Stripe: \(error)" }
        let words = "Stripe: \(message)" + (error.requestID.map { " (\($0))" } ?? "")
        return error.credentialFault.map { "\($0.words). \(words)" } ?? words
    }
}
