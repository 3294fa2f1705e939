import Messaging
import ServiceRuntime
import WebhookRouter

/// The webhook router without its disk: it verifies and reads every event as the router does, and stores nothing.
/// Only to be measured against.
@main
enum VerifyOnlyRouterMain {
    static func main() async {
        await ServiceProgram(name: "verify-only-router", listenSetting: "WEBHOOK_ROUTER_LISTEN", port: 8081)
            .main(settings: RouterSettings.init(reading:), build: build)
    }

    @Sendable private static func build(
        _ settings: RouterSettings, _ environment: ServiceEnvironment
    ) async throws -> ServiceParts {
        try await RouterParts.build(settings, environment) {
            $0.map { _ in .stored(EventID(rawValue: "whe_not_stored")) }
        }
    }
}
