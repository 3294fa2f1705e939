import Commerce
import Database
import Messaging
import TestSupport
import Testing

@Suite struct SharedPaceTests {
    @Test(arguments: Engine.all)
    func `several tasks together get no more than the rate allows`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let other = try shop.test.openAgain()
            // When each place begins, in µs from the start; the clock stands still unless it is moved.
            var places: [Int64] = []
            for round in 0..<3 {
                places += try await withThrowingTaskGroup(of: [Int64].self) { group in
                    for task in 0..<8 {
                        let pace = SharedPace(database: task.isMultiple(of: 2) ? shop.database : other)
                        group.addTask {
                            var taken: [Int64] = []
                            for _ in 0..<12 {
                                let place = try await pace.reserve(tenant: shop.tenant.id, livemode: false, rate: 25)
                                if case .after(let wait) = place { taken.append(Int64(round) * 2_000_000 + wait) }
                            }
                            return taken
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                try await shop.test.advance(by: .seconds(2))
            }
            await other.close()
            places.sort()
            #expect(places.count == 3 * 8 * 12)
            #expect(Set(places).count == places.count, "no two calls begin at once")
            // In any second, at most rate and one more.
            for (index, place) in places.enumerated() {
                let within = places[index...].prefix { $0 <= place + 1_000_000 }.count
                #expect(within <= 26)
            }
            // And none is given away: they follow each other without a gap.
            #expect(places.last == Int64(places.count - 1) * 40_000)
        }
    }

    @Test(arguments: Engine.all)
    func `what was not used is not saved up, and tenants and modes are apart`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let pace = SharedPace(database: shop.database)
            let neighbour = try await shop.neighbour().tenant.id
            func place(_ tenant: TenantID, livemode: Bool = false) async throws -> SharedPace.Place {
                try await pace.reserve(tenant: tenant, livemode: livemode, rate: 5)
            }
            #expect(try await place(shop.tenant.id) == .after(0))
            #expect(try await place(shop.tenant.id) == .after(200_000))
            #expect(try await place(neighbour) == .after(0))
            #expect(try await place(shop.tenant.id, livemode: true) == .after(0))
            try await shop.test.advance(by: .seconds(60))
            #expect(try await place(shop.tenant.id) == .after(0))
            #expect(try await place(shop.tenant.id) == .after(200_000))
        }
    }

    @Test(arguments: Engine.all)
    func `who is refused takes no place`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let pace = SharedPace(database: shop.database)
            func place(longest: Int64) async throws -> SharedPace.Place {
                try await pace.reserve(tenant: shop.tenant.id, livemode: false, rate: 1, longest: longest)
            }
            var places: [SharedPace.Place] = []
            for _ in 0..<8 { places.append(try await place(longest: 2_000_000)) }
            #expect(places.prefix(3) == [.after(0), .after(1_000_000), .after(2_000_000)])
            #expect(places.dropFirst(3).allSatisfy { $0 == .tooFar(3_000_000) })
            #expect(try await place(longest: 3_000_000) == .after(3_000_000))
        }
    }
}
