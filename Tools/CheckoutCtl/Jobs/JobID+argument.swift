import ArgumentParser
import Messaging

extension JobID: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
