/// Where the buyer's browser gets Stripe.js from, and what that script may then reach.
///
/// Stripe: "Content Security Policy" names the hosts. Anywhere else the API's own host serves the script: a sandbox.
struct StripeJS: Sendable, Equatable {
    let script: String
    /// The sandbox's control page; nil for Stripe itself.
    let control: String?
    /// For a page that takes a payment: nothing but what is named runs, is loaded or is connected to.
    let contentSecurityPolicy: String

    /// - Parameter apiBase: `STRIPE_API_BASE`, without a slash at the end.
    init(apiBase: String) {
        let isStripe = apiBase == "https://api.stripe.com"
        let scripts = isStripe ? "https://js.stripe.com https://*.js.stripe.com" : apiBase
        let frames = isStripe ? "\(scripts) https://hooks.stripe.com" : apiBase
        script = isStripe ? "https://js.stripe.com/v3/" : "\(apiBase)/js/v3/"
        control = isStripe ? nil : "\(apiBase)/_sandbox"
        contentSecurityPolicy = [
            "default-src 'none'", "script-src 'self' \(scripts)", "style-src 'self'", "img-src 'self' data:",
            "connect-src 'self' \(apiBase)", "frame-src \(frames)", "form-action 'self'", "base-uri 'none'",
            "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    var isSandbox: Bool { control != nil }
}
