import FoundationEssentials
import Glibc

/// What Prometheus expects of every process: its start, its processor time, its memory, its open files.
enum ProcessMetrics {
    static func register(in registry: PrometheusRegistry) {
        let start = Date().timeIntervalSince1970
        registry.gauge("process_start_time_seconds", help: "When the process started, in seconds since 1970.") {
            [GaugeSample(start)]
        }
        registry.gauge("process_cpu_seconds_total", help: "Processor time used, user and system.", onlyGrows: true) {
            [GaugeSample(cpuSeconds())]
        }
        registry.gauge("process_resident_memory_bytes", help: "Memory held in RAM.") {
            residentBytes().map { [GaugeSample($0)] } ?? []
        }
        registry.gauge("process_open_fds", help: "Open file descriptors.") {
            let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            return [GaugeSample(Double(files.count))]
        }
    }

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    /// proc(5), /proc/[pid]/statm: the second field is the resident size in pages.
    private static func residentBytes() -> Double? {
        guard
            let data = FileManager.default.contents(atPath: "/proc/self/statm"),
            let resident = String(decoding: data, as: UTF8.self).split(separator: " ").dropFirst().first,
            let pages = Double(resident)
        else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}
