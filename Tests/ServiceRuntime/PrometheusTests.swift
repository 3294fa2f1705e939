import CoreMetrics
import Metrics
import Testing

@testable import ServiceRuntime

@Suite struct PrometheusTests {
    private let registry = PrometheusRegistry()

    private func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Counter {
        Counter(label: label, dimensions: dimensions, factory: registry)
    }

    @Test func `counters, gauges and timers appear in the text format`() async {
        registry.describe("jobs_done_total", "Jobs that were completed.")
        counter("jobs_done", [("kind", "email"), ("a", "1")]).increment(by: 3)
        counter("jobs_done", [("a", "1"), ("kind", "email")]).increment()
        counter("jobs_done", [("kind", "deliver")]).increment()
        Meter(label: "queue.depth", factory: registry).set(-2.5)
        let timer = Timer(label: "job", dimensions: [("kind", "email")], factory: registry)
        timer.recordMilliseconds(3)
        timer.recordSeconds(2)
        timer.recordSeconds(100)
        #expect(
            await registry.render()
                == """
                # HELP jobs_done_total Jobs that were completed.
                # TYPE jobs_done_total counter
                jobs_done_total{a="1",kind="email"} 4
                jobs_done_total{kind="deliver"} 1
                # TYPE job_seconds histogram
                job_seconds_bucket{kind="email",le="0.001"} 0
                job_seconds_bucket{kind="email",le="0.0025"} 0
                job_seconds_bucket{kind="email",le="0.005"} 1
                job_seconds_bucket{kind="email",le="0.01"} 1
                job_seconds_bucket{kind="email",le="0.025"} 1
                job_seconds_bucket{kind="email",le="0.05"} 1
                job_seconds_bucket{kind="email",le="0.1"} 1
                job_seconds_bucket{kind="email",le="0.25"} 1
                job_seconds_bucket{kind="email",le="0.5"} 1
                job_seconds_bucket{kind="email",le="1"} 1
                job_seconds_bucket{kind="email",le="2.5"} 2
                job_seconds_bucket{kind="email",le="5"} 2
                job_seconds_bucket{kind="email",le="10"} 2
                job_seconds_bucket{kind="email",le="30"} 2
                job_seconds_bucket{kind="email",le="60"} 2
                job_seconds_bucket{kind="email",le="+Inf"} 3
                job_seconds_sum{kind="email"} 102.003
                job_seconds_count{kind="email"} 3
                # TYPE queue_depth gauge
                queue_depth -2.5

                """.sortedBlocks)
    }

    @Test func `label values and help are escaped`() async {
        registry.describe("odd_total", "back\\slash\nand line")
        counter("odd", [("path", "a\\b\"c\nd"), ("unicode", "Zoë")]).increment()
        #expect(
            await registry.render() == #"""
                # HELP odd_total back\\slash\nand line
                # TYPE odd_total counter
                odd_total{path="a\\b\"c\nd",unicode="Zoë"} 1

                """#)
    }

    @Test(arguments: [
        ("http.server.requests", "http_server_requests_total"), ("9lives", "_9lives_total"), ("a-b c", "a_b_c_total"),
        ("already_total", "already_total"), ("ns:rule", "ns:rule_total"), ("größe", "gr__e_total"), ("", "__total"),
    ])
    func `names are made valid`(label: String, name: String) async {
        counter(label).increment()
        #expect(await registry.render().contains("\n\(name) 1\n"))
    }

    @Test func `a label occurs once, under a valid name`() async {
        counter("c", [("x.y", "first"), ("x_y", "second"), ("1", "one")]).increment()
        #expect(await registry.render().contains("c_total{_1=\"one\",x_y=\"first\"} 1\n"))
    }

    @Test func `a name in use for another type keeps the first type and breaks nothing`() async {
        Meter(label: "mixed_total", factory: registry).set(5)
        counter("mixed").increment()
        #expect(await registry.render() == "# TYPE mixed_total gauge\nmixed_total 5\n")
    }

    @Test(
        arguments: [
            (0, "0"), (-1, "-1"), (1.5, "1.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
            (1e21, "1e+21"),
            (9_007_199_254_740_991, "9007199254740991"),
        ] as [(Double, String)])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test func `recorders are histograms or gauges`() async {
        Recorder(label: "batch", factory: registry).record(3)
        Recorder(label: "last", dimensions: [], aggregate: false, factory: registry).record(3)
        let text = await registry.render()
        #expect(text.contains("batch_bucket{le=\"2\"} 0\nbatch_bucket{le=\"5\"} 1\n"))
        #expect(text.contains("# TYPE last gauge\nlast 3\n"))
    }

    @Test func `gauges are read at each scrape, and one that fails is left out`() async {
        struct Down: Error {}
        let reads = GaugeInstrument()
        registry.gauge("queue_depth", help: "Jobs that wait.") {
            reads.increment(by: 1)
            return [GaugeSample(4, labels: [("kind", "email")]), GaugeSample(0, labels: [("kind", "deliver")])]
        }
        registry.gauge("broken", help: "Never there.") { throw Down() }
        registry.gauge("grows_total", help: "Only grows.", onlyGrows: true) { [GaugeSample(1)] }
        let expected = """
            # HELP grows_total Only grows.
            # TYPE grows_total counter
            grows_total 1
            # HELP queue_depth Jobs that wait.
            # TYPE queue_depth gauge
            queue_depth{kind="deliver"} 0
            queue_depth{kind="email"} 4

            """
        #expect(await registry.render() == expected)
        #expect(await registry.render() == expected)
        #expect(reads.text("reads", LabelSet([])) == "reads 2\n")
    }

    @Test func `nothing is lost when many tasks count at once`() async {
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter("shared").increment()
                        counter("own", [("task", "\(index)")]).increment()
                    }
                }
            }
        }
        let text = await registry.render()
        #expect(text.contains("shared_total 8000\n"))
        #expect((0..<8).allSatisfy { text.contains("own_total{task=\"\($0)\"} 1000\n") })
    }

    @Test func `a counter never falls and ignores what is no number`() async {
        let floating = FloatingPointCounter(label: "seconds", factory: registry)
        floating.increment(by: 0.5)
        floating.increment(by: -1)
        floating.increment(by: Double.nan)
        let timer = HistogramInstrument(bounds: [1])
        timer.record(.nan)
        #expect(await registry.render() == "# TYPE seconds_total counter\nseconds_total 0.5\n")
        #expect(timer.text("t", LabelSet([])).hasSuffix("t_count 0\n"))
    }

    @Test func `the process tells of itself`() async {
        ProcessMetrics.register(in: registry)
        let text = await registry.render()
        for name in ["cpu_seconds_total", "open_fds", "resident_memory_bytes", "start_time_seconds"] {
            let line = text.split(separator: "\n").first { $0.hasPrefix("process_\(name) ") }
            #expect(line.flatMap { Double($0.split(separator: " ")[1]) }.map { $0 > 0 } == true, "\(name)")
        }
    }
}

extension String {
    /// The same text with its metrics in the order of their names.
    fileprivate var sortedBlocks: String {
        var blocks: [(name: Substring, text: String)] = []
        for line in split(separator: "\n") {
            let words = line.split(separator: " ")
            let startsBlock = line.hasPrefix("# HELP") || (line.hasPrefix("# TYPE") && blocks.last?.name != words[2])
            if startsBlock { blocks.append((words[2], "")) }
            blocks[blocks.count - 1].text += "\(line)\n"
        }
        return blocks.sorted { $0.name < $1.name }.map(\.text).joined()
    }
}
