/// What an order buys.
package enum OrderKind: String, Sendable, Hashable, CaseIterable, Codable {
    case payment
    case subscription
}
