import Commerce
import Database
import Security
import StripeModels
import TestSupport
import Testing

@Suite struct OrderStoreTests {
    @Test(arguments: Engine.all)
    func `an order comes back as it was written`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let line = OrderLine(sku: "tea", name: "Tea", quantity: 2, unitAmount: 600, amount: 1200)
            let new = try NewOrder(
                amount: 1200, currency: Currency(rawValue: "eur"), kind: .subscription, customer: "cus_1",
                customerEmail: "buyer@example.com", description: "Tee für zwei 🍵", metadata: ["cart": "7"],
                lines: [line], setupFutureUsage: "off_session", captureMethod: "manual")
            let order = try await shop.database.write {
                try OrderStore.insert(new, for: shop.scope, cause: .request("req_9", "created"), in: $0)
            }
            #expect(try await shop.reload(order) == order)
            #expect(order.status == .pending)
            #expect(order.amount == 1200 && order.currency.rawValue == "eur" && order.amountRefunded == 0)
            #expect(order.kind == .subscription && order.customer == "cus_1")
            #expect(order.description == "Tee für zwei 🍵" && order.metadata == ["cart": "7"])
            #expect(order.lines == [line])
            #expect(order.setupFutureUsage == "off_session" && order.captureMethod == "manual")
            #expect(order.createdAt == TestClock.start && order.version == 1)
            let history = try await shop.history(order)
            #expect(history.map(\.to) == [.pending])
            #expect(history.first?.from == nil && history.first?.cause == "created (req_9)")
        }
    }

    @Test(arguments: Engine.all)
    func `every move is in the row and in the history`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            try await shop.move(order, .actionRequired(.read))
            try await shop.test.advance(by: .seconds(5))
            try await shop.move(order, .paymentFailed(OrderFailure(code: "expired_card", message: "Expired.")))
            #expect(try await shop.reload(order).failure?.code == "expired_card")
            try await shop.move(order, .processingStarted(.read))
            #expect(try await shop.reload(order).failure == nil)
            try await shop.move(order, .paymentSucceeded)
            let move = try await shop.move(order, .activated)
            #expect(move.moved && move.from == .paid)
            #expect(move.order.activatedAt == TestClock.start + 5_000_000)
            #expect(try await shop.reload(order) == move.order)

            let history = try await shop.history(order)
            #expect(history.map(\.to) == [.pending, .requiresAction, .failed, .processing, .paid, .active])
            #expect(history.dropFirst().map(\.from) == history.dropLast().map { Optional($0.to) })
            #expect(history.map(\.sequence) == Array(1...6))
            #expect(history.map(\.at) == history.map(\.at).sorted())
            #expect(history[2].detail == "Expired.")
        }
    }

    @Test(arguments: Engine.all)
    func `a late or repeated event writes nothing`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            try await shop.move(order, .paymentSucceeded)
            try await shop.move(order, .activated)
            let settled = try await shop.reload(order)
            try await shop.test.advance(by: .seconds(60))
            let late: [OrderEvent] = [
                .actionRequired(.reported), .processingStarted(.read), .paymentSucceeded, .activated,
                .paymentFailed(OrderFailure(code: "x", message: "late")),
            ]
            for event in late {
                let move = try await shop.move(order, event)
                #expect(!move.moved && move.anomaly == nil)
            }
            #expect(try await shop.reload(order) == settled)
            #expect(try await shop.history(order).count == 3)
        }
    }

    @Test(arguments: Engine.all)
    func `a second decline shows the newer reason`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let (first, second) = (OrderFailure(code: "a", message: "A"), OrderFailure(code: "b", message: "B"))
            try await shop.move(order, .paymentFailed(first))
            #expect(try await shop.move(order, .paymentFailed(first)).order.version == 2)
            let move = try await shop.move(order, .paymentFailed(second))
            #expect(!move.moved && move.order.failure == second)
            #expect(try await shop.history(order).map(\.detail) == [nil, "A", "B"])
        }
    }

    @Test(arguments: Engine.all)
    func `events of one order in any order end alike in the database`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let events: [OrderEvent] = [
                .actionRequired(.read), .processingStarted(.read),
                .paymentFailed(OrderFailure(code: "x", message: "y")), .paymentSucceeded,
            ]
            for permutation in events.permutations {
                let order = try await shop.order()
                for event in permutation.flatMap({ [$0, $0] }) { try await shop.move(order, event) }
                let end = try await shop.reload(order)
                #expect(end.status == .paid && end.failure == nil, "\(permutation.map(\.name))")
                #expect(try await shop.history(order).count == Int(end.version))
            }
        }
    }

    @Test(arguments: Engine.all)
    func `of twenty at once none is lost and one moves the order`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            let other = try shop.test.openAgain()
            let moves = try await withThrowingTaskGroup(of: [OrderMove].self) { group in
                for number in 0..<20 {
                    let database = number.isMultiple(of: 2) ? shop.database : other
                    group.addTask {
                        let stranger = try intent("succeeded", id: "pi_\(number)", amount: 1)
                        return try await database.write { connection in
                            let paid = try OrderStore.move(
                                order.id, for: order.scope, by: .paymentSucceeded, cause: OrderCause("\(number)"),
                                in: connection)
                            // Twenty different payments of too little: each leaves its own row.
                            let odd = try OrderStore.apply(
                                stranger, .read, to: order.id, for: order.scope, cause: OrderCause("odd"),
                                in: connection)
                            return [paid, odd]
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            await other.close()
            #expect(moves.filter(\.moved).count == 1)
            #expect(moves.filter { $0.anomaly?.isNew == true }.count == 20)
            let end = try await shop.reload(order)
            #expect(end.status == .paid && end.version == 22)
            #expect(try await shop.history(order).map(\.sequence) == Array(1...22))
        }
    }

    @Test(arguments: Engine.all)
    func `a move that fails with its transaction leaves nothing`(on engine: Engine) async throws {
        struct Crash: Error {}
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            await #expect(throws: Crash.self) {
                try await shop.database.write { connection in
                    _ = try OrderStore.move(
                        order.id, for: order.scope, by: .paymentSucceeded, cause: OrderCause("x"), in: connection)
                    throw Crash()
                }
            }
            #expect(try await shop.reload(order) == order)
            #expect(try await shop.history(order).count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `whoever waits for orders is woken by a move`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let order = try await shop.order()
            var signals = shop.database.wakeUps(on: OrderStore.channel).makeAsyncIterator()
            try await shop.move(order, .paymentSucceeded)
            #expect(await signals.next() != nil)
        }
    }
}
