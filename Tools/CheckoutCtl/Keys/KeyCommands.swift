import ArgumentParser
import Commerce

struct KeyCreateCommand: OperatorCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Issue an API key.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String

    @Option(help: "secret for the tenant's servers, publishable for its pages.")
    var kind = APIKeyKind.secret

    @Option(parsing: .upToNextOption, help: "What it may do; all when left out. A publishable key's scopes are fixed.")
    var scope: [APIScope] = []

    @Option(help: ArgumentHelp("How long it works: 90d, 12h. For ever when left out.", valueName: "span"))
    var expiresIn: Span?

    @Option(help: ArgumentHelp("When it stops working: 2027-01-31T00:00:00Z.", valueName: "time"))
    var expiresAt: String?

    @Option(help: "For telling keys apart.")
    var note: String?

    func validate() throws {
        if expiresIn != nil, expiresAt != nil { throw ValidationError("Give --expires-in or --expires-at, not both.") }
        _ = try expiry
    }

    private var expiry: KeyExpiry {
        get throws {
            if let expiresIn { return .after(expiresIn.duration) }
            guard let expiresAt else { return .never }
            guard let time = Moment.microseconds(expiresAt) else {
                throw ValidationError("--expires-at: write it like 2027-01-31T00:00:00Z.")
            }
            return .at(time)
        }
    }

    func run(in session: Session) async throws {
        let store = APIKeyStore(database: session.database, keys: try session.keys)
        let issued = try await store.create(
            for: try await session.tenant(tenant).id, kind: kind, scopes: scope.isEmpty ? nil : Set(scope),
            expiresAt: try expiry, note: note)
        try session.output.print(KeyView(issued).json, KeyView(issued).text)
    }
}

struct KeyListCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "A tenant's keys, the newest first, revoked ones too.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var range: ListOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String

    func run(in session: Session) async throws {
        let store = APIKeyStore(database: session.database, keys: try session.keys)
        let all = try await store.list(of: try await session.tenant(tenant).id)
        let page = try ListPart.of(all, try range.page, id: \.id.rawValue)
        try session.output.print(.page(page.data.map { KeyView($0).json }, hasMore: page.hasMore), table(page))
    }

    private func table(_ page: Page<APIKey>) -> String {
        var table = Table("KEY", "BEGINS WITH", "KIND", "STATE", "LAST USED", "CREATED", "NOTE")
        for key in page.data {
            table.add(
                key.id.rawValue, key.prefix, key.kind.rawValue, KeyView(key).state,
                Moment.text(key.lastUsedAt) ?? "-", Moment.text(key.createdAt) ?? "", key.note ?? "")
        }
        return table.text(empty: "This tenant has no keys.", page.hasMore)
    }
}

struct KeyRollCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "roll", abstract: "Issue a successor; the old key goes on working for a while.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String
    @Argument(help: ArgumentHelp("The old key's id.", valueName: "key_…")) var key: String

    @Option(help: ArgumentHelp("How long the old key still works: 24h, 30m, 0s.", valueName: "span"))
    var overlap = Span(.seconds(86_400))

    func run(in session: Session) async throws {
        let store = APIKeyStore(database: session.database, keys: try session.keys)
        let issued = try await store.roll(
            APIKeyID(rawValue: key), of: try await session.tenant(tenant).id, overlap: overlap.duration)
        try session.output.print(KeyView(issued).json, KeyView(issued).text)
    }
}

struct KeyRevokeCommand: OperatorCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "End a key at once.")

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String
    @Argument(help: ArgumentHelp("The key's id.", valueName: "key_…")) var key: String

    func run(in session: Session) async throws {
        let store = APIKeyStore(database: session.database, keys: try session.keys)
        let revoked = try await store.revoke(APIKeyID(rawValue: key), of: try await session.tenant(tenant).id)
        try session.output.print(KeyView(revoked).json, KeyView(revoked).text)
    }
}
