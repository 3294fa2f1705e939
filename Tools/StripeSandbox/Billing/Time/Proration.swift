/// The part of an amount that falls on a part of its period, to the second and to the minor unit.
enum Proration {
    /// What the time from `time` to the end of `period` is worth when all of it is worth `amount`.
    ///
    /// Half a unit is rounded up, in the buyer's credit as in the charge.
    /// - Parameters:
    ///   - amount: minor units, not negative.
    ///   - time: one before the period counts as its start, one after it as its end.
    static func rest(of amount: Int64, from time: Int64, in period: Period) -> Int64 {
        guard period.length > 0 else { return 0 }
        let left = period.end - min(max(time, period.start), period.end)
        return part(of: amount, left, of: period.length)
    }

    /// `amount · numerator / denominator`, half rounded up. Exact for whatever fits: it reckons in 128 bits.
    static func part(of amount: Int64, _ numerator: Int64, of denominator: Int64) -> Int64 {
        let doubled = Int128(amount) * Int128(numerator) * 2 + Int128(denominator)
        return Int64(clamping: doubled / (Int128(denominator) * 2))
    }
}
