/// Test clocks: customers that live in a time of their own, which goes on when it is told to.
enum TestClockResource {
    static let routes: [Route] = [
        Route(.post, "/v1/test_helpers/test_clocks", create),
        Route(.get, "/v1/test_helpers/test_clocks") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .testClock, call, transaction)
        },
        Route(.get, "/v1/test_helpers/test_clocks/:id") { call, transaction throws(StripeFailure) in
            try clock(call, transaction).body
        },
        Route(.post, "/v1/test_helpers/test_clocks/:id/advance", advance),
        Route(.delete, "/v1/test_helpers/test_clocks/:id", delete),
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        guard !call.scope.livemode else {
            throw .impossible("Test clocks can only be used in test mode.")
        }
        let id = Identifier.new(.testClock)
        let clock = transaction.insert(
            .testClock, id: id,
            [
                "id": .string(id), "object": "test_helpers.test_clock", "created": .int(transaction.now),
                "deletes_after": .int(transaction.now + 30 * CivilTime.secondsADay),
                "frozen_time": call["frozen_time"], "livemode": false, "name": call["name"], "status": "ready",
                "status_details": [:],
            ])
        transaction.emit("test_helpers.test_clock.created", clock.body)
        return clock.body
    }

    /// At Stripe this takes a while; here it is done when it is answered.
    @Sendable private static func advance(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var clock = try clock(call, transaction)
        let (from, target) = (clock["frozen_time"].int ?? 0, call["frozen_time"].int ?? 0)
        guard target > from else {
            throw .impossible(
                "The time to advance to must be after the clock's current time.", param: "frozen_time")
        }
        try check(target, from: from, clock.id, transaction)
        clock["status"] = "advancing"
        clock["status_details"] = ["advancing": ["target_frozen_time": .int(target)]]
        transaction.put(clock)
        transaction.emit("test_helpers.test_clock.advancing", clock.body)
        transaction.runClock(clock.id, to: target)
        clock["frozen_time"] = .int(target)
        clock["status"] = "ready"
        clock["status_details"] = [:]
        transaction.put(clock)
        transaction.emit("test_helpers.test_clock.ready", clock.body)
        return clock.body
    }

    /// Stripe: a clock goes no further than two intervals of its shortest subscription at once.
    private static func check(
        _ target: Int64, from: Int64, _ clock: String, _ transaction: Transaction
    ) throws(StripeFailure) {
        let ends = transaction.newest(.subscription)
            .filter { $0["test_clock"].string == clock && !$0.subscriptionStatus.isOver }
            .compactMap { $0.items.first?.interval?.time(2, after: from) }
        guard let furthest = ends.min() ?? Optional(CivilTime(from).adding(months: 24).seconds), target <= furthest
        else {
            throw .impossible(
                "The time to advance to is too far: a test clock can be advanced by at most two intervals of its "
                    + "shortest subscription, or by two years where it has none.", param: "frozen_time")
        }
    }

    /// Its customers and their subscriptions end with it.
    @Sendable private static func delete(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let clock = try clock(call, transaction)
        transaction.at(clock["frozen_time"].int ?? transaction.now) {
            for customer in transaction.newest(.customer) where customer["test_clock"].string == clock.id {
                transaction.deleteCustomer(customer)
            }
        }
        transaction.remove(clock.id)
        transaction.emit("test_helpers.test_clock.deleted", clock.body)
        return ["id": .string(clock.id), "object": "test_helpers.test_clock", "deleted": true]
    }

    private static func clock(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        try transaction.existing(.testClock, call.id, param: "test_clock", as: "test_clock")
    }
}
