import ArgumentParser
import Commerce

extension EmailKind: ExpressibleByArgument {}
