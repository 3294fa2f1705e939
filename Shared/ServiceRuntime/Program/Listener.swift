import Glibc
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The HTTP server, which says in a word of its own why it cannot listen.
struct Listener: Service {
    let application: Application<ServiceResponder>
    let common: CommonSettings

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw failure(error)
        } catch let error as SocketAddressError.UnknownHost {
            throw failure("the name \(error.host) is not known", "set an IP address")
        }
    }

    private func failure(_ error: IOError) -> StartupError {
        switch error.errnoCode {
        case EADDRINUSE: failure("the port is in use", "stop the program that uses it, or set a free HOST:PORT")
        case EACCES: failure("not permitted", "set a port above 1023")
        case EADDRNOTAVAIL: failure("this machine has no such address", "set one that it has, or 0.0.0.0 for all")
        default: failure("\(error)", "set a HOST:PORT that can be listened on")
        }
    }

    private func failure(_ problem: String, _ mend: String) -> StartupError {
        StartupError(
            setting: common.listenSetting, problem: "cannot listen on \(common.listen): \(problem)", mend: mend)
    }
}
