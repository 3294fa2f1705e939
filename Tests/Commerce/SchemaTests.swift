import Commerce
import Database
import TestSupport
import Testing

@Suite struct SchemaTests {
    @Test(arguments: Engine.all)
    func `all migrations apply, once, and reach the version of this build`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            let applied = try await test.database.migrate(Schema.migrations)
            #expect(applied.map(\.version) == Schema.migrations.map(\.version).sorted())
            #expect(try await test.database.schemaVersion() == Schema.version)
            #expect(try await test.database.migrate(Schema.migrations).isEmpty)
        }
    }

    @Test func `Commerce's versions are its own`() {
        let own = Schema.migrations.map(\.version).filter { $0 >= 10 }
        #expect(Set(own).count == own.count)
    }
}
