import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A clock that all processes of a host share, so that one's commit and another's start can be subtracted.
enum Clock {
    /// ns since some moment that is the same for all.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Figures go out at once: a program reads them from a pipe.
func printLine(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

func printJSON(_ value: some Encodable) throws {
    printLine(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
}
