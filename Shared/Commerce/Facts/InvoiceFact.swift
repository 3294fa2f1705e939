package import Messaging
package import StripeModels

/// What an invoice says of the subscription that it is for.
package struct InvoiceFact: Sendable, Hashable {
    /// A payment that brought money for it.
    package struct Payment: Sendable, Hashable {
        package let paymentIntent: String
        /// Minor units of the invoice's currency.
        package let amount: Int64

        package init(paymentIntent: String, amount: Int64) {
            self.paymentIntent = paymentIntent
            self.amount = amount
        }
    }

    /// What the event tells beyond the invoice's state.
    package enum Occasion: Sendable, Hashable {
        case paymentFailed
        case actionRequired
    }

    package var id: String
    package var livemode: Bool
    package var status: Invoice.Status
    package var occasion: Occasion?
    /// The subscription's first one.
    package var isFirst: Bool
    /// nil for an invoice that no subscription has to do with.
    package var subscription: String?
    package var customer: String?
    package var customerEmail: String?
    package var currency: Currency
    /// Minor units of `currency`, as all amounts here are.
    package var amountDue: Int64
    package var amountPaid: Int64
    package var payments: [Payment]
    package var attemptCount: Int64
    /// Seconds since 1970; nil when it will not be tried again by itself.
    package var nextPaymentAttempt: Int64?
    package var hostedInvoiceURL: String?
    package var number: String?
    /// The order and the tenant that the subscription's metadata names.
    package var order: OrderID?
    package var tenant: TenantID?

    package init(
        id: String, livemode: Bool, status: Invoice.Status, occasion: Occasion? = nil, isFirst: Bool = false,
        subscription: String?, customer: String? = nil, customerEmail: String? = nil, currency: Currency,
        amountDue: Int64 = 0, amountPaid: Int64 = 0, payments: [Payment] = [], attemptCount: Int64 = 0,
        nextPaymentAttempt: Int64? = nil, hostedInvoiceURL: String? = nil, number: String? = nil,
        order: OrderID? = nil, tenant: TenantID? = nil
    ) {
        self.id = id
        self.livemode = livemode
        self.status = status
        self.occasion = occasion
        self.isFirst = isFirst
        self.subscription = subscription
        self.customer = customer
        self.customerEmail = customerEmail
        self.currency = currency
        self.amountDue = amountDue
        self.amountPaid = amountPaid
        self.payments = payments
        self.attemptCount = attemptCount
        self.nextPaymentAttempt = nextPaymentAttempt
        self.hostedInvoiceURL = hostedInvoiceURL
        self.number = number
        self.order = order
        self.tenant = tenant
    }

    /// Nothing can follow: it decides alone.
    package var isFinal: Bool { status.isFinal }

    /// Money came in, and the invoice does not say by which PaymentIntent: read it with `payments` expanded. Versions
    /// since 2025-03-31 never say it in an event.
    package var lacksPayments: Bool { status == .paid && amountPaid > 0 && payments.isEmpty }
}

extension InvoiceFact {
    /// - Parameter type: of the event that tells of it.
    package init(_ invoice: Invoice, type: StripeEventType? = nil) {
        let occasion: Occasion? =
            switch type {
            case .invoicePaymentFailed: .paymentFailed
            case .invoicePaymentActionRequired: .actionRequired
            default: nil
            }
        self.init(
            id: invoice.id, livemode: invoice.livemode, status: invoice.status ?? .unknown(""), occasion: occasion,
            isFirst: invoice.billingReason == .subscriptionCreate, subscription: invoice.subscription,
            customer: invoice.customer, customerEmail: invoice.customerEmail, currency: invoice.currency,
            amountDue: invoice.amountDue, amountPaid: invoice.amountPaid, payments: Self.payments(of: invoice),
            attemptCount: invoice.attemptCount, nextPaymentAttempt: invoice.nextPaymentAttempt,
            hostedInvoiceURL: invoice.hostedInvoiceURL, number: invoice.number,
            order: Order.id(inStripeMetadata: invoice.subscriptionMetadata),
            tenant: StripeMark.tenant(in: invoice.subscriptionMetadata))
    }

    private static func payments(of invoice: Invoice) -> [Payment] {
        guard invoice.status == .paid, invoice.amountPaid > 0 else { return [] }
        let paid = invoice.payments.filter { $0.status == .paid }.compactMap { payment in
            payment.paymentIntent.map { Payment(paymentIntent: $0, amount: payment.amountPaid ?? 0) }
        }
        guard paid.isEmpty, let only = invoice.paymentIntent else { return paid }
        return [Payment(paymentIntent: only, amount: invoice.amountPaid)]
    }
}
