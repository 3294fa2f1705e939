import Hummingbird
import NIOCore

/// What travels with a request: its connection too, since some faults close it.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Ends the connection without an answer.
    func dropConnection() async {
        try? await channel.close(mode: .all).get()
    }
}
