import Commerce
import Messaging

/// A tenant with its webhook endpoints, as it is shown.
struct TenantView {
    let tenant: Tenant
    let endpoints: [WebhookEndpoint]
    /// The emails that have a wording of the tenant's own.
    let emails: [EmailKind]
    let settings: Settings

    var json: JSON {
        [
            "id": .text(tenant.id.rawValue), "object": "tenant", "name": .text(tenant.name),
            "livemode": .bool(tenant.livemode), "stripe_account": .text(tenant.stripeAccount),
            "stripe_publishable_key": .text(tenant.stripePublishableKey),
            "stripe_secret_key_ending": .text(tenant.stripeKeyEnding),
            "platform_account": .text(tenant.platformAccount),
            "application_fee_bps": tenant.applicationFeeBps.map { .int($0) } ?? .null,
            "stripe_rate": .int(Int64(tenant.callsPerSecond)), "email_from": .text(tenant.emailFrom),
            "email_name": .text(tenant.emailName), "email_templates": .texts(emails.map(\.rawValue)),
            "fulfillment_url": .text(tenant.fulfillmentURL),
            "fulfillment_disabled_at": .time(tenant.destinationDisabledAt), "origins": .texts(tenant.origins),
            "webhook_endpoints": .list(endpoints.map(json)), "created": .time(tenant.createdAt),
        ]
    }

    var text: String {
        var details = Details()
        details.add("Tenant", tenant.id.rawValue)
        details.add("Name", tenant.name)
        details.add("Mode", tenant.mode)
        details.add("Stripe account", tenant.stripeAccount)
        details.add("Stripe publishable key", tenant.stripePublishableKey)
        details.add("Stripe secret key", "…\(tenant.stripeKeyEnding)")
        details.add("Platform account", tenant.platformAccount)
        details.add("Application fee", tenant.applicationFeeBps.map(Percent.text))
        details.add("Calls to Stripe", "\(Int64(tenant.callsPerSecond)) a second")
        details.add("Emails from", tenant.emailFrom)
        details.add("  sender's name", tenant.emailName)
        details.add("  own wording", emails.map(\.rawValue).joined(separator: ", "))
        details.add("Fulfillment URL", tenant.fulfillmentURL ?? "none: an order is active once it is paid")
        details.add(
            "Fulfillment", Moment.text(tenant.destinationDisabledAt).map { "disabled since \($0) (it answered 410)" })
        details.add("Origins", tenant.origins.joined(separator: ", "))
        for endpoint in endpoints {
            details.add("Webhook URL", settings.webhookURL(endpoint.id.rawValue))
            details.add("  for", endpoint.platformAccount.map { "all accounts connected to \($0)" })
            details.add("  at Stripe", endpoint.stripeID ?? "not registered by checkoutctl")
            details.add("  secrets", endpoint.secrets.isEmpty ? "none" : secrets(endpoint))
        }
        details.add("Created", Moment.text(tenant.createdAt))
        return details.text
    }

    private func secrets(_ endpoint: WebhookEndpoint) -> String {
        endpoint.secrets.map { secret in
            "…\(secret.ending)" + (Moment.text(secret.expiresAt).map { " (until \($0))" } ?? "")
        }.joined(separator: ", ")
    }

    private func json(_ endpoint: WebhookEndpoint) -> JSON {
        [
            "id": .text(endpoint.id.rawValue), "url": .text(settings.webhookURL(endpoint.id.rawValue)),
            "stripe_id": .text(endpoint.stripeID), "platform_account": .text(endpoint.platformAccount),
            "secrets": .list(
                endpoint.secrets.map {
                    [
                        "ending": .text($0.ending), "created": .time($0.createdAt), "expires_at": .time($0.expiresAt),
                    ]
                }),
        ]
    }
}

extension Tenant {
    var mode: String { livemode ? "live" : "test" }
}
