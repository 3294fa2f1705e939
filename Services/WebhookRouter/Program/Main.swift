import ServiceRuntime
import WebhookRouter

/// Receives Stripe's webhooks and stores them durably.
///
/// Apart from its parts, so that a benchmark can put the same parts together without a disk.
@main
enum WebhookRouterMain {
    static func main() async {
        await ServiceProgram(name: "webhook-router", listenSetting: "WEBHOOK_ROUTER_LISTEN", port: 8081)
            .main(settings: RouterSettings.init(reading:), build: RouterParts.build)
    }
}
