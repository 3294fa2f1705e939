import Glibc
import Synchronization

/// Writes whole lines to a file descriptor: no two threads' lines ever mix.
final class LineWriter: Sendable {
    private let descriptor: Mutex<Int32>

    static let standardOutput = LineWriter(descriptor: STDOUT_FILENO)

    init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    /// A line that cannot be written is dropped: a full disk under the log must not stop a payment.
    func write(_ line: [UInt8]) {
        descriptor.withLock { descriptor in
            line.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while !rest.isEmpty {
                    let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress
                    let written = Glibc.write(descriptor, start, rest.count)
                    if written > 0 {
                        rest = rest.dropFirst(written)
                    } else if errno == EAGAIN {
                        // Somebody made the terminal or pipe non-blocking: wait until it takes more.
                        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                        poll(&ready, 1, -1)
                    } else if errno != EINTR {
                        return
                    }
                }
            }
        }
    }
}
