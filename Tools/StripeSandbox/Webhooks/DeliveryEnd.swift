/// How a try to deliver ended.
enum DeliveryEnd: Sendable {
    case delivered
    /// It arrived, and shall arrive again.
    case again
    case failed(retryAfter: Duration, status: Int?)
    /// A fault wants it to arrive so many times more, with such a gap.
    case planned(copies: Int, gap: Duration)
    /// A fault wants it later (µs).
    case postponed(until: Int64)
    /// It will not be tried any more; the event stays undelivered.
    case abandoned
}

extension Transaction {
    /// Notes the end of a try on the delivery and on its event.
    /// - Parameter time: µs since 1970.
    func finishDelivery(_ id: String, _ end: DeliveryEnd, at time: Int64) {
        guard var delivery = record(.delivery, id) else { return }
        switch end {
        case .delivered:
            remove(id)
            settleEvent(of: delivery, isDelivered: true)
            return
        case .abandoned:
            remove(id)
            settleEvent(of: delivery, isDelivered: false)
            return
        case .again:
            delivery["copies"] = .int((delivery["copies"].int ?? 0) - 1)
            delivery["attempts"] = 0
            delivery["due"] = .int(time + (delivery["gap"].int ?? 0))
        case .failed(let gap, let status):
            delivery["attempts"] = .int((delivery["attempts"].int ?? 0) + 1)
            delivery["due"] = .int(time + gap.inMicroseconds)
            delivery["status"] = status.map { JSON($0) } ?? nil
        case .planned(let copies, let gap):
            delivery["copies"] = JSON(copies)
            delivery["gap"] = .int(gap.inMicroseconds)
        case .postponed(let until):
            delivery["due"] = .int(until)
        }
        delivery["decided"] = true
        put(delivery)
    }

    /// Makes all that waits due, in the order in which it would have been.
    func hurryDeliveries() {
        let waiting = newest(.delivery).filter { $0["due"].int ?? 0 > time }
            .sorted { ($0["due"].int ?? 0, $0.sequence) < ($1["due"].int ?? 0, $1.sequence) }
        for (place, var delivery) in waiting.enumerated() {
            delivery["due"] = .int(time + Int64(place))
            put(delivery)
        }
    }

    private func settleEvent(of delivery: Record, isDelivered: Bool) {
        guard var event = delivery["event"].string.flatMap({ record(.event, $0) }) else { return }
        event["pending_webhooks"] = .int(max(0, (event["pending_webhooks"].int ?? 0) - 1))
        if isDelivered { event.hidden["undelivered"] = .int(max(0, (event.hidden["undelivered"].int ?? 0) - 1)) }
        put(event)
    }
}
