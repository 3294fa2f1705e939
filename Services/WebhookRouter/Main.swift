import ServiceRuntime

/// Receives Stripe's webhooks and stores them durably.
@main
enum WebhookRouterMain {
    static func main() async {
        await ServiceProgram(name: "webhook-router", listenSetting: "WEBHOOK_ROUTER_LISTEN", port: 8081)
            .main(settings: RouterSettings.init(reading:), build: RouterParts.build)
    }
}
