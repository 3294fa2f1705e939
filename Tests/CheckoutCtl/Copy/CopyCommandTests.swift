import ArgumentParser
import Database
import Testing

@testable import CheckoutCtl

@Suite struct CopyCommandTests {
    private func failure(_ to: String?, source: DatabaseURL = .sqlite(path: "data/x.db")) -> CommandFailure? {
        do {
            _ = try DatabaseCopyCommand.target(to, source: source, input: SecretInput(environment: [:]) { nil })
            return nil
        } catch {
            return CommandFailure(error)
        }
    }

    @Test func `where to is taken from the line or from standard input`() throws {
        let command = try #require(
            try CheckoutCommand.parseAsRoot(["db", "copy", "--to", "sqlite:y.db", "--json"]) as? DatabaseCopyCommand)
        #expect(command.to == "sqlite:y.db")
        #expect(failure("sqlite:y.db") == nil)
        let read = try DatabaseCopyCommand.target(
            "-", source: .sqlite(path: "x.db"), input: SecretInput(environment: [:]) { "postgres://u:word@h/d" })
        #expect(read == .postgres("postgres://u:word@h/d"))
        #expect(failure("-")?.exitCode.rawValue == 64)
    }

    @Test func `where to is taken from the environment where the line does not say`() throws {
        let source = DatabaseURL.sqlite(path: "x.db")
        let input = SecretInput(environment: ["TARGET_DATABASE_URL": "postgres://u:word@h/d"]) { nil }
        #expect(try DatabaseCopyCommand.target(nil, source: source, input: input) == .postgres("postgres://u:word@h/d"))
        #expect(
            try DatabaseCopyCommand.target("sqlite:y.db", source: source, input: input) == .sqlite(path: "y.db"))
        let missing = failure(nil)
        #expect(missing?.exitCode.rawValue == 64)
        #expect(missing?.message.contains("TARGET_DATABASE_URL") == true)
    }

    @Test(arguments: [["db"], ["db", "copy", "--to"], ["db", "move", "--to", "sqlite:x"]])
    func `bad usage is no command`(_ arguments: [String]) throws {
        #expect((try? CheckoutCommand.parseAsRoot(arguments)) as? DatabaseCopyCommand == nil)
    }

    @Test(arguments: ["mysql://u:word@h/d", "postgres://u:wo/rd@h/d", "y.db", "", "sqlite::memory:"])
    func `what is no database URL is bad usage and is not repeated`(_ text: String) {
        let failure = failure(text)
        #expect(failure?.exitCode.rawValue == 64)
        #expect(failure?.message.contains("rd@") == false)
    }

    @Test(arguments: ["sqlite:data/x.db", "sqlite:data/../data/x.db", "sqlite:./data/x.db", "sqlite://data/x.db"])
    func `the source itself is bad usage`(_ text: String) {
        #expect(failure(text)?.message.hasPrefix("--to: is the source itself") == true)
    }

    @Test func `the same server's other database is another one`() {
        let source = DatabaseURL.postgres("postgres://u:w@h/a")
        #expect(failure("postgres://u:w@h/b", source: source) == nil)
        #expect(failure("postgres://u:w@h/a", source: source)?.exitCode.rawValue == 64)
    }

    @Test func `a digest does not depend on the order, and tells a row from two halves`() {
        let rows: [[UInt8]] = (0..<200).map { [UInt8($0), 1, 2] }
        var (there, back, other) = (TableDigest(), TableDigest(), TableDigest())
        for row in rows { there.add(row) }
        for row in rows.reversed() { back.add(row) }
        for row in rows.dropLast() { other.add(row) }
        #expect(there == back)
        #expect(there != other)
        #expect(there.text.count == 64)
        #expect(TableDigest().text == String(repeating: "0", count: 64))
        #expect(
            RowEncoding.bytes(of: [.text("ab"), .text("")]) != RowEncoding.bytes(of: [.text("a"), .text("b")]))
        #expect(RowEncoding.bytes(of: [.double(-0.0)]) == RowEncoding.bytes(of: [.double(0)]))
        #expect(RowEncoding.bytes(of: [.null]) != RowEncoding.bytes(of: [.text("")]))
        #expect(RowEncoding.bytes(of: [.blob([])]) != RowEncoding.bytes(of: [.text("")]))
    }

    @Test func `what is known of a digest holds`() {
        // SHA-256 of "abc", least significant byte first, twice: the sum carries from word to word.
        var digest = TableDigest()
        digest.add(Array("abc".utf8))
        #expect(digest.text == "ad1500f261ff10b49c7a1796a36103b02322ae5dde404141eacf018fbf1678ba")
        digest.add(Array("abc".utf8))
        #expect(digest.text == "5a2a01e4c3fe216938f42f2d46c2076046455cbbbc808283d59e031f7e2cf174")
    }

    @Test(arguments: [([], "Next: "), ([DatabaseUser(name: "webhook-router", process: 7)], "Not yet to be used")])
    func `a result says what to do about running services`(_ users: [DatabaseUser], _ start: String) {
        let view = CopyView(
            result: CopyResult(startedAt: 0), source: "sqlite:x.db", target: "postgres://h/d", users: users)
        #expect(view.next.hasPrefix(start))
        #expect(view.next.contains("set DATABASE_URL to postgres://h/d"))
        #expect(users.isEmpty || view.next.contains("webhook-router (7)"))
    }
}
