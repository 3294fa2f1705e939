extension Transaction {
    /// Has `keepBilling` called for a subscription or an invoice at a time (seconds since 1970); nil takes it back.
    ///
    /// In real time it is an appointment. What lives by a test clock waits until the clock is advanced.
    func setBillingAlarm(for subject: Record, at time: Int64?) {
        let id = ResourceKind.appointment.prefix + subject.id
        guard let time else {
            if record(.appointment, id) != nil { remove(id) }
            return
        }
        let clock = subject["test_clock"]
        let body: JSON = [
            "task": .string(Appointment.bill.rawValue), "subject": .string(subject.id), "clock": clock,
            "due": clock.isNull ? .int(time * 1_000_000) : nil, "clock_due": .int(time),
        ]
        if var alarm = record(.appointment, id) {
            guard alarm.body != body else { return }
            alarm.body = body
            put(alarm)
        } else {
            insert(.appointment, id: id, body)
        }
    }

    /// Does what is due for a subscription or an invoice.
    func keepBilling(_ subject: String) {
        if let subscription = record(.subscription, subject) {
            guard let next = subscription.subscriptionTimes.next, next.time <= billingTime(of: subscription) else {
                return keep(subscription)
            }
            at(next.time) { take(next.step, with: subscription) }
        } else if let invoice = record(.invoice, subject) {
            guard let next = invoice.nextInvoiceStep, next <= billingTime(of: invoice) else {
                return keep(invoice)
            }
            at(next) { advance(invoice) }
        }
    }

    /// Takes a test clock to a later time, and does on the way what comes due, in its order.
    func runClock(_ id: String, to target: Int64) {
        while let next = nextAlarm(of: id, upTo: target), var clock = record(.testClock, id) {
            clock["frozen_time"] = .int(max(next.time, clock["frozen_time"].int ?? 0))
            put(clock)
            keepAppointment(next.alarm)
        }
    }

    private func nextAlarm(of clock: String, upTo target: Int64) -> (alarm: String, time: Int64)? {
        var next: (alarm: String, time: Int64)?
        for alarm in newest(.appointment) where alarm["clock"].string == clock {
            // Of two at the same time, the one that was made first.
            guard let time = alarm["clock_due"].int, time <= target, next.map({ time <= $0.time }) ?? true else {
                continue
            }
            next = (alarm.id, time)
        }
        return next
    }
}
