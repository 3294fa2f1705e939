#if canImport(Glibc)
    import Foundation

    /// What this process has allocated and not freed, by the C library's own books.
    ///
    /// Resident memory would not do: it also grows by what is free again, and by a few megabytes in its own time.
    enum Heap {
        /// - Returns: bytes; `nil` where the C library does not tell.
        static var inUse: Int? {
            // malloc.h is not among the headers that Swift knows.
            typealias Report = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
            guard let symbol = dlsym(nil, "malloc_info") else { return nil }
            var (text, length): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
            guard let file = open_memstream(&text, &length) else { return nil }
            _ = unsafeBitCast(symbol, to: Report.self)(0, file)
            fclose(file)
            defer { free(text) }
            return text.flatMap { inUse(by: String(cString: $0)) }
        }

        /// The sums over all heaps are its last lines: `<total type="rest" count="1" size="49056"/>`.
        private static func inUse(by report: String) -> Int? {
            let lines = report.split(separator: "\n").reversed()
            func size(_ element: String) -> Int? {
                lines.first { $0.hasPrefix("<\(element)\"") }
                    .flatMap { $0.split(separator: "\"").dropLast().last }.flatMap { Int($0) }
            }
            guard let whole = size(#"system type="current"#), let mapped = size(#"total type="mmap"#),
                let fast = size(#"total type="fast"#), let rest = size(#"total type="rest"#)
            else { return nil }
            return whole + mapped - fast - rest
        }
    }
#endif
