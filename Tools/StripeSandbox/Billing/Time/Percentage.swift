/// A percentage with two decimals, as Stripe takes them: of coupons, of a platform's share.
struct Percentage: Sendable, Hashable {
    /// 25.5 % is 2550.
    let hundredths: Int64

    /// Nil for anything but a number.
    init?(_ number: JSON) {
        guard let value = number.number ?? number.string.flatMap(Double.init) else { return nil }
        hundredths = Int64((value * 100).rounded())
    }

    /// Half a unit is rounded up.
    func of(_ amount: Int64) -> Int64 { Proration.part(of: amount, hundredths, of: 10_000) }
}
