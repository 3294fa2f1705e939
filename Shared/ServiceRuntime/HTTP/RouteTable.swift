import HTTPTypes
import Hummingbird

/// Which methods each path template answers to: tells a 405 from a 404, which Hummingbird's router does not.
struct RouteTable: Sendable {
    private let entries: [Entry]

    private struct Entry: Sendable {
        let path: RouterPath
        var methods: [HTTPRequest.Method]
    }

    init(_ router: Router<AppRequestContext>) {
        var entries: [String: Entry] = [:]
        for route in router.routes {
            entries[route.path.description, default: Entry(path: route.path, methods: [])].methods.append(route.method)
        }
        self.entries = entries.values
            .map { entry in
                var methods = entry.methods
                // The router answers HEAD wherever it answers GET.
                if methods.contains(.get), !methods.contains(.head) { methods.append(.head) }
                return Entry(path: entry.path, methods: methods.sorted { $0.rawValue < $1.rawValue })
            }
            // As the router does: what is spelt out goes before what is captured.
            .sorted { Self.rank($0.path).lexicographicallyPrecedes(Self.rank($1.path)) }
    }

    /// The methods that `path` answers to; empty for a path that nothing answers.
    func methods(for path: String) -> [HTTPRequest.Method] {
        let segments = path.split(separator: "/")
        return entries.first { Self.matches($0.path, segments) }?.methods ?? []
    }

    private static func matches(_ path: RouterPath, _ segments: [Substring]) -> Bool {
        if path.components.last == .recursiveWildcard {
            return segments.count >= path.count && zip(path.dropLast(), segments).allSatisfy { $0 ~= $1 }
        }
        return path.count == segments.count && zip(path, segments).allSatisfy { $0 ~= $1 }
    }

    private static func rank(_ path: RouterPath) -> [Int] {
        path.map { element in
            let text = element.description
            if element == .recursiveWildcard { return 4 }
            if element == .wildcard { return 3 }
            if text.hasPrefix("{"), text.hasSuffix("}") { return 2 }
            return text.contains("{") || text.contains("*") ? 1 : 0
        }
    }
}
