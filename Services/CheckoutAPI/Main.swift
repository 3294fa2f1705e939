import ServiceRuntime

/// The storefronts' API, and the demo storefront.
@main
enum CheckoutAPIMain {
    static func main() async {
        await ServiceProgram(name: "checkout-api", listenSetting: "CHECKOUT_API_LISTEN", port: 8080)
            .main(settings: APISettings.init(reading:), build: APIParts.build)
    }
}
