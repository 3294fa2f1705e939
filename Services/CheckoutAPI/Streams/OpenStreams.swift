import Commerce
import ServiceRuntime

/// The watchers of the open streams, by order.
struct OpenStreams {
    /// Streams of this process.
    let capacity: Int
    /// Streams of one order: a buyer has a few tabs open, and whoever wants more wants to keep the others out.
    let perOrder: Int

    private(set) var count = 0
    private var watchers: [OrderID: [OrderWatcher]] = [:]

    init(capacity: Int, perOrder: Int) {
        self.capacity = capacity
        self.perOrder = perOrder
    }

    var all: [OrderWatcher] { watchers.values.flatMap { $0 } }

    /// The watchers of each order that is followed.
    var byOrder: [(order: OrderID, watchers: [OrderWatcher])] { watchers.map { ($0.key, $0.value) } }

    /// - Throws: 429 for the order's limit, 503 for the process's.
    mutating func add(_ watcher: OrderWatcher) throws(APIError) {
        guard (watchers[watcher.order]?.count ?? 0) < perOrder else { throw .tooManyStreamsOfOrder }
        guard count < capacity else { throw .tooManyStreams }
        watchers[watcher.order, default: []].append(watcher)
        count += 1
    }

    mutating func remove(_ watcher: OrderWatcher) {
        guard var rest = watchers[watcher.order], let index = rest.firstIndex(where: { $0 === watcher }) else { return }
        rest.remove(at: index)
        watchers[watcher.order] = rest.isEmpty ? nil : rest
        count -= 1
    }
}
