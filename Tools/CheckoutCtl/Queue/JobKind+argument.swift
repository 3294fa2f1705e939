import ArgumentParser
import Commerce
import Messaging

extension JobKind: ExpressibleByArgument {
    public init?(argument: String) {
        let kind = JobKind(argument)
        guard Self.known.contains(kind) else { return nil }
        self = kind
    }

    public static var allValueStrings: [String] { known.map(\.rawValue) }
}
