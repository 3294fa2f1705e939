import Commerce
import Messaging
import Metrics
import ServiceRuntime

extension WorkerMetrics {
    enum Email: String {
        case sent, failed
        /// There is no server to send it by.
        case logged
        /// Not sent: the order is past what it says.
        case overtaken
    }

    static func count(email outcome: Email, tenant: TenantID) {
        Counter(label: "emails_total", dimensions: [("tenant", tenant.rawValue), ("outcome", outcome.rawValue)])
            .increment()
    }

    static func describeEmails(in registry: PrometheusRegistry) {
        registry.describe("emails_total", "Tries to send emails, by tenant and outcome.")
    }
}
