package import CoreMetrics
import Synchronization

/// Every metric of the process, for Prometheus to fetch.
///
/// It stands behind swift-metrics: `Counter(label: "jobs_done", dimensions: [("kind", "…")])` is all that other code
/// writes. Names get the ending that Prometheus asks for (`_total` for counters, `_seconds` for timers), and whatever a
/// name may not hold becomes `_`.
package final class PrometheusRegistry: Sendable {
    private let state = Mutex(State())

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
        var gauges: [String: ScrapedGauge] = [:]
    }

    private struct Family {
        let type: String
        var series: [LabelSet: any Instrument] = [:]
    }

    /// Bounds for what takes from a millisecond to a minute.
    static let latencyBounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// Bounds for sizes and counts.
    static let sizeBounds: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000, 1_000_000,
    ]

    package init() {}

    /// Makes a registry the process's own. Only the first call counts; later ones get the same registry.
    package static func bootstrap() -> PrometheusRegistry {
        let (registry, isFirst) = installed.withLock { installed in
            if let installed { return (installed, false) }
            let registry = PrometheusRegistry()
            installed = registry
            return (registry, true)
        }
        // MetricsSystem traps when it is bootstrapped twice.
        if isFirst { MetricsSystem.bootstrap(registry) }
        return registry
    }

    private static let installed = Mutex<PrometheusRegistry?>(nil)

    /// Says what a metric means, in its `# HELP` line. `name` is the full name: `jobs_done_total`.
    package func describe(_ name: String, _ help: String) {
        state.withLock { $0.help[name] = help }
    }

    /// The series of that name and those labels, made on first use.
    ///
    /// A name that is in use for another type gets an instrument that works but is not shown: a wrong metric must not
    /// break a payment.
    func instrument<T: Instrument>(_ name: String, _ dimensions: [(String, String)], _ make: () -> T) -> T {
        let labels = LabelSet(dimensions)
        return state.withLock { state in
            let family = state.families[name] ?? Family(type: T.type)
            if let known = family.series[labels] as? T { return known }
            let made = make()
            guard family.type == T.type else { return made }
            state.families[name, default: family].series[labels] = made
            return made
        }
    }

    /// Adds a gauge whose values are found when Prometheus asks.
    func add(_ gauge: ScrapedGauge) {
        state.withLock { $0.gauges[gauge.name] = gauge }
    }

    /// The text of all metrics, in the order of their names.
    package func render() async -> String {
        let (families, help, gauges) = state.withLock { ($0.families, $0.help, $0.gauges) }
        var blocks: [String: String] = [:]
        for (name, family) in families {
            let series = family.series.sorted { $0.key < $1.key }.map { $1.text(name, $0) }
            blocks[name] = PrometheusText.header(name, help: help[name], type: family.type) + series.joined()
        }
        for (name, text) in await ScrapedGauge.render(Array(gauges.values)) where blocks[name] == nil {
            blocks[name] = text
        }
        return blocks.sorted { $0.key < $1.key }.map(\.value).joined()
    }
}

extension PrometheusRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(Self.name(label, ending: "_total"), dimensions) { CounterInstrument() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        instrument(Self.name(label, ending: "_total"), dimensions) { CounterInstrument() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(PrometheusText.metricName(label), dimensions) { GaugeInstrument() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let name = PrometheusText.metricName(label)
        return aggregate
            ? instrument(name, dimensions) { HistogramInstrument(bounds: Self.sizeBounds) }
            : instrument(name, dimensions) { GaugeInstrument() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(Self.name(label, ending: "_seconds"), dimensions) { HistogramInstrument(bounds: Self.latencyBounds) }
    }

    private static func name(_ label: String, ending: String) -> String {
        let name = PrometheusText.metricName(label)
        return name.hasSuffix(ending) ? name : name + ending
    }

    // Series live as long as the process: Prometheus takes one that vanishes and comes back for a reset.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
