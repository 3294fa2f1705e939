import FoundationEssentials

@testable import StripeSandbox

extension SandboxUnderTest {
    /// Settings with a file for the state, which is gone afterwards.
    static func withStateFile(
        _ settings: SandboxSettings = SandboxSettings(), _ body: (SandboxSettings) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = settings
        settings.stateFile = folder.appending(path: "state.db").path
        try await body(settings)
    }
}
