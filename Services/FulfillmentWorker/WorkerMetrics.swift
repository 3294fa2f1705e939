import Commerce
import Messaging
import Metrics
import ServiceRuntime
import StripeClient
import TenantStripe

/// What the worker counts beyond what every job is counted by.
enum WorkerMetrics {
    enum Delivery: String {
        case delivered, failed, gone, refused
        /// Not sent: the order is past what it says.
        case superseded
    }

    static func count(_ outcome: Delivery, tenant: TenantID) {
        Counter(label: "deliveries_total", dimensions: [("tenant", tenant.rawValue), ("outcome", outcome.rawValue)])
            .increment()
    }

    static func count(_ anomaly: OrderAnomaly.Code, tenant: TenantID) {
        Counter(label: "order_anomalies_total", dimensions: [("tenant", tenant.rawValue), ("code", anomaly.rawValue)])
            .increment()
    }

    static func describe(in registry: PrometheusRegistry) {
        registry.describe("deliveries_total", "Tries to deliver to storefronts, by tenant and outcome.")
        registry.describe(
            StripeError.CredentialFault.counter, "Calls to Stripe that refused a tenant's key, by tenant and fault.")
        registry.describe("order_anomalies_total", "Payments that did not fit their order, by tenant and code.")
        registry.describe(
            "worker_places_given_up", "Places of the worker that handlers hold which were told to stop and did not.")
    }
}
