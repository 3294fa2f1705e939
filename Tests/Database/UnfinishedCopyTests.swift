import Database
import TestSupport
import Testing

@Suite struct UnfinishedCopyTests {
    @Test(arguments: Engine.all)
    func `nobody works on a database before the copy into it is finished`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            await test.database.close()
            try await copy(into: test.url) { connection in
                try connection.execute("CREATE TABLE database_copies (source TEXT PRIMARY KEY, finished_at BIGINT)")
                try connection.execute("INSERT INTO database_copies VALUES ('a', NULL)")
            }
            let refusal = await refusal(of: test.url)
            #expect(refusal?.code == .unfinishedCopy)
            #expect(refusal?.isRetryable == true)
            #expect(refusal?.mend?.contains("checkoutctl db copy") == true)
            try await copy(into: test.url) { try $0.execute("UPDATE database_copies SET finished_at = 1") }
            #expect(await self.refusal(of: test.url) == nil)
        }
    }

    @Test(.enabled(if: Engine.all.contains(.postgres)))
    func `a copy waits for nobody's name: whoever works keeps it away, and it keeps them away`() async throws {
        try await withDatabase(on: .postgres) { test in
            await test.database.close()
            guard case .postgres(let url) = test.url else { return }
            let service = try Database.open(.postgres(url + "&application_name=shop"), logger: quiet)
            try await service.read { _ in }
            let refusal = await #expect(throws: DatabaseError.self) { try await copy(into: test.url) { _ in } }
            #expect(refusal?.code == .busy)
            #expect(refusal?.message.contains("shop (") == true)
            await service.close()
            try await copy(into: test.url) { _ in
            } meanwhile: {
                #expect(await self.refusal(of: test.url)?.code == .unfinishedCopy)
            }
            #expect(await self.refusal(of: test.url) == nil)
        }
    }

    private func copy(
        into url: DatabaseURL, _ body: @escaping @Sendable (Connection) throws -> Void,
        meanwhile: () async -> Void = {}
    ) async throws {
        var options = DatabaseOptions()
        options.connections = 1
        options.purpose = .copyTarget
        let database = try Database.open(url, options: options, logger: quiet)
        do {
            try await database.write { try body($0) }
        } catch {
            await database.close()
            throw error
        }
        await meanwhile()
        await database.close()
    }

    private func refusal(of url: DatabaseURL) async -> DatabaseError? {
        do {
            let database = try Database.open(url, logger: quiet)
            let read = await Result { try await database.read { _ in } }
            await database.close()
            try read.get()
            return nil
        } catch {
            return error as? DatabaseError
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
