import Testing

/// Returns once `condition` holds; fails the test when that takes longer than anything here may.
func eventually(
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        await Task.yield()
    }
    Issue.record("It did not happen in time.", sourceLocation: sourceLocation)
    throw CancellationError()
}
