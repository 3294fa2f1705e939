import Database

extension RunningJobs {
    /// How long to wait before each further try: four seconds in all. Longer outages are the lease's business.
    static let endPauses: [Duration] = [.milliseconds(100), .milliseconds(300), .milliseconds(900), .seconds(3)]

    /// Stores a job's end by `write`, and again for a while where that came at a bad moment and the lease still lasts: to
    /// give up costs a lease of waiting and the job a second run. After a commit whose answer was lost the further try
    /// finds the lease used, and says that it is lost.
    func storeEnd<Result: Sendable>(
        of lease: Lease, _ write: @Sendable () async throws -> Result
    ) async throws -> Result {
        setEnding(lease, true)
        do {
            for pause in endPauses.map({ $0 * Double.random(in: 0.8...1.2) }) {
                do {
                    return try await write()
                } catch let error as DatabaseError where error.isRetryable && holds(lease, for: pause) {
                    try? await Task.sleep(for: pause)
                }
            }
            return try await write()
        } catch {
            setEnding(lease, false)
            throw error
        }
    }
}
