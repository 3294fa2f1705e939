import ArgumentParser
import Commerce

struct RollWebhookCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "roll", abstract: "Have Stripe sign a tenant's events with a new secret.",
        discussion: """
            Stripe's API cannot change an endpoint's secret: a new endpoint with the same URL takes the place of the old \
            one, whose secret counts on for the overlap, for what is under way. What Stripe had not yet delivered by the \
            old one is found by the next sweep ('checkoutctl reconcile').
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The tenant's id.", valueName: "ten_…")) var tenant: String

    @Option(help: ArgumentHelp("How long the old secret still counts: 24h, 90m.", valueName: "span"))
    var overlap = Span(.seconds(86_400))

    func run(in session: Session) async throws {
        let tenant = try await session.tenant(tenant)
        try await WebhookRegistration(session, keys: try session.keys).roll(tenant, overlap: overlap.duration)
        let view = try await session.view(of: tenant)
        try session.output.print(view.json, view.text)
    }
}
