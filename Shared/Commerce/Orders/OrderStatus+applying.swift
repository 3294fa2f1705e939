extension OrderStatus {
    /// Where `event` takes an order. A late or repeated event leaves it where it is; one that contradicts what we hold
    /// throws. Every pair is written out, so that a new status or event does not compile until it is thought of.
    ///
    /// Forward is pending → requires action → processing → paid → active. `failed` stands aside: it ends an attempt,
    /// a payment still wins over it, and a new attempt leads out of it, but only where the payment was just read at
    /// Stripe (`.read`): a report of the first attempt that arrives late looks just like the start of a second.
    package func applying(_ event: OrderEvent) throws(IllegalTransition) -> OrderStatus {
        switch event {
        case .actionRequired(let observation): afterActionRequired(observation)
        case .processingStarted(let observation): afterProcessingStarted(observation)
        case .paymentSucceeded: try afterPaymentSucceeded()
        case .paymentFailed: afterPaymentFailed()
        case .canceled: try afterCanceled()
        case .expired: try afterExpired()
        case .activated: try afterActivated()
        }
    }

    private func afterActionRequired(_ observation: Observation) -> OrderStatus {
        switch self {
        case .pending: .requiresAction
        case .failed: observation == .read ? .requiresAction : self
        case .requiresAction, .processing, .paid, .active, .canceled, .expired, .pastDue, .partiallyRefunded, .refunded,
            .disputed, .ended:
            self
        }
    }

    private func afterProcessingStarted(_ observation: Observation) -> OrderStatus {
        switch self {
        case .pending, .requiresAction: .processing
        case .failed: observation == .read ? .processing : self
        case .processing, .paid, .active, .canceled, .expired, .pastDue, .partiallyRefunded, .refunded, .disputed,
            .ended:
            self
        }
    }

    /// Money that comes in for an order that was closed is somebody's to give back.
    private func afterPaymentSucceeded() throws(IllegalTransition) -> OrderStatus {
        switch self {
        case .pending, .requiresAction, .processing, .failed: .paid
        case .paid, .active, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: self
        case .canceled, .expired: throw IllegalTransition(from: self, event: OrderEvent.paymentSucceeded.name)
        }
    }

    /// After a payment it can only be an earlier attempt's.
    private func afterPaymentFailed() -> OrderStatus {
        switch self {
        case .pending, .requiresAction, .processing, .failed: .failed
        case .paid, .active, .canceled, .expired, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: self
        }
    }

    /// A PaymentIntent that succeeded cannot be canceled, so one that says so is not the one that was paid.
    private func afterCanceled() throws(IllegalTransition) -> OrderStatus {
        switch self {
        case .pending, .requiresAction, .processing, .failed: .canceled
        case .canceled, .expired: self
        case .paid, .active, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended:
            throw IllegalTransition(from: self, event: OrderEvent.canceled.name)
        }
    }

    /// A Checkout Session that was paid cannot expire.
    private func afterExpired() throws(IllegalTransition) -> OrderStatus {
        switch self {
        case .pending, .requiresAction, .processing, .failed: .expired
        case .canceled, .expired: self
        case .paid, .active, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended:
            throw IllegalTransition(from: self, event: OrderEvent.expired.name)
        }
    }

    /// An acknowledgement that comes after a refund or a dispute changes nothing; one for an order that was never paid
    /// must not exist.
    private func afterActivated() throws(IllegalTransition) -> OrderStatus {
        switch self {
        case .paid: .active
        case .active, .pastDue, .partiallyRefunded, .refunded, .disputed, .ended: self
        case .pending, .requiresAction, .processing, .failed, .canceled, .expired:
            throw IllegalTransition(from: self, event: OrderEvent.activated.name)
        }
    }
}
