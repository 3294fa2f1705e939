import Commerce

extension Order {
    /// What the platform keeps of `amount` (minor units), rounded down; nil for nothing. As `applicationFee`, for an
    /// amount that is not the order's.
    func platformFee(of amount: Int64) -> Int64? {
        guard let applicationFeeBps else { return nil }
        let (product, overflow) = amount.multipliedReportingOverflow(by: applicationFeeBps)
        return overflow || product < 10_000 ? nil : product / 10_000
    }
}
