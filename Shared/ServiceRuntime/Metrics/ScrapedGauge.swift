/// A gauge that is asked for its values at each scrape: the depth of a queue, read from the database.
struct ScrapedGauge: Sendable {
    let name: String
    let help: String
    /// Shown as a counter instead.
    let onlyGrows: Bool
    let read: @Sendable () async throws -> [GaugeSample]

    /// The text of each gauge, all read at the same time; a gauge that throws is left out of this scrape.
    static func render(_ gauges: [ScrapedGauge]) async -> [(name: String, text: String)] {
        await withTaskGroup(of: (name: String, text: String)?.self) { group in
            for gauge in gauges {
                group.addTask {
                    guard let samples = try? await gauge.read() else { return nil }
                    return (gauge.name, gauge.text(samples))
                }
            }
            return await group.reduce(into: []) { all, text in
                if let text { all.append(text) }
            }
        }
    }

    private func text(_ samples: [GaugeSample]) -> String {
        let series = Dictionary(samples.map { (LabelSet($0.labels), $0.value) }) { first, _ in first }
        let lines = series.sorted { $0.key < $1.key }.map { PrometheusText.sample(name, $0.key, $0.value) }
        return PrometheusText.header(name, help: help, type: onlyGrows ? "counter" : "gauge") + lines.joined()
    }
}

/// One value of a gauge that is read at each scrape.
package struct GaugeSample: Sendable {
    package let labels: [(String, String)]
    package let value: Double

    package init(_ value: Double, labels: [(String, String)] = []) {
        self.labels = labels
        self.value = value
    }
}

extension PrometheusRegistry {
    /// Adds a gauge whose values are read at each scrape. One of the same name takes its place.
    ///
    /// - Parameters:
    ///   - onlyGrows: the values never fall: a counter that somebody else keeps.
    ///   - read: may wait, for a database say; if it throws, the gauge is missing from that scrape.
    package func gauge(
        _ name: String, help: String, onlyGrows: Bool = false,
        read: @escaping @Sendable () async throws -> [GaugeSample]
    ) {
        add(ScrapedGauge(name: PrometheusText.metricName(name), help: help, onlyGrows: onlyGrows, read: read))
    }
}
