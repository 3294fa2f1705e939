import ServiceRuntime

/// Leases jobs: applies Stripe's events to orders and delivers to storefronts.
@main
enum FulfillmentWorkerMain {
    static func main() async {
        await ServiceProgram(name: "fulfillment-worker", listenSetting: "FULFILLMENT_WORKER_LISTEN", port: 8082)
            .main(settings: WorkerSettings.init(reading:), build: WorkerParts.build)
    }
}
