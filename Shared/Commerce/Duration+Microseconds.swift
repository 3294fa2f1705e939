extension Duration {
    /// Whole µs, as times are stored; what does not fit is the largest that does.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds > 0 ? .max : .min }
        let (sum, exceeds) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return exceeds ? (seconds > 0 ? .max : .min) : sum
    }
}
