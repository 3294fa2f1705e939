/// What the sandbox does by itself, a while after a call gave rise to it: a bank that takes its time, a buyer who disputes.
///
/// Kept as a record like any other, so that a restart forgets none.
enum Appointment: String, Sendable {
    /// A refund arrives, or comes back.
    case settleRefund = "settle_refund"
    /// The cardholder disputes a charge.
    case openDispute = "open_dispute"
    /// The bank decides on the evidence.
    case decideDispute = "decide_dispute"
    /// What was authorized was not captured in time.
    case expireAuthorization = "expire_authorization"
    /// A bank says what became of a debit.
    case settlePayment = "settle_payment"
    /// Nobody has paid in time.
    case expireCheckout = "expire_checkout"
    /// A subscription's or an invoice's next step.
    case bill
}

extension Transaction {
    /// Has something done later.
    /// - Parameters:
    ///   - subject: the id of the record that it is about, in these books.
    ///   - delay: nil for as long as whatever is asynchronous takes in this sandbox.
    func appoint(_ appointment: Appointment, _ subject: String, in delay: Duration? = nil) {
        let due = time + (delay ?? world.asyncDelay).inMicroseconds
        insert(
            .appointment, id: Identifier.new(.appointment),
            ["task": .string(appointment.rawValue), "subject": .string(subject), "due": .int(due)])
    }

    /// Does what was to be done, once.
    func keepAppointment(_ id: String) {
        guard let kept = record(.appointment, id) else { return }
        remove(id)
        let subject = kept["subject"].string ?? ""
        switch kept["task"].string.flatMap(Appointment.init(rawValue:)) {
        case .settleRefund: settleRefund(subject)
        case .openDispute: openDispute(of: subject)
        case .decideDispute: decideDispute(subject)
        case .expireAuthorization: expireAuthorization(subject)
        case .settlePayment: settlePayment(subject)
        case .expireCheckout: expireCheckout(subject)
        case .bill: keepBilling(subject)
        case nil: break
        }
    }

    /// Does now what is to be done within so many seconds, in its order.
    func hurryAppointments(within seconds: Int64) {
        newest(.appointment).map { (due: $0["due"].int ?? 0, sequence: $0.sequence, id: $0.id) }
            .filter { $0.due <= time + seconds * 1_000_000 }
            .sorted { ($0.due, $0.sequence) < ($1.due, $1.sequence) }
            .forEach { keepAppointment($0.id) }
    }
}
