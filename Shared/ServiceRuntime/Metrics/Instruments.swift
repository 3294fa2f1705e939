import CoreMetrics
import Synchronization

/// A series that can write itself.
protocol Instrument: AnyObject, Sendable {
    static var type: String { get }
    func text(_ name: String, _ labels: LabelSet) -> String
}

/// Only ever goes up.
final class CounterInstrument: Instrument, CounterHandler, FloatingPointCounterHandler {
    static let type = "counter"
    private let value = Mutex(0.0)

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    func increment(by amount: Double) {
        guard amount > 0 else { return }
        value.withLock { $0 += amount }
    }

    func reset() { value.withLock { $0 = 0 } }

    func text(_ name: String, _ labels: LabelSet) -> String {
        PrometheusText.sample(name, labels, value.withLock { $0 })
    }
}

/// Goes up and down; a recorder that does not aggregate is one, too.
final class GaugeInstrument: Instrument, MeterHandler, RecorderHandler {
    static let type = "gauge"
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func text(_ name: String, _ labels: LabelSet) -> String {
        PrometheusText.sample(name, labels, value.withLock { $0 })
    }
}

/// Counts observations by size. A timer observes seconds.
final class HistogramInstrument: Instrument, TimerHandler, RecorderHandler {
    static let type = "histogram"
    private let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        /// One for each bound, and one for what lies beyond the last.
        var counts: [Int]
        var sum = 0.0
    }

    /// - Parameter bounds: the buckets' upper bounds, ascending, without infinity.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func text(_ name: String, _ labels: LabelSet) -> String {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total = 0
        var text = ""
        for (bound, count) in zip(bounds + [.infinity], counts) {
            total += count
            text += PrometheusText.sample("\(name)_bucket", labels, le: bound, Double(total))
        }
        text += PrometheusText.sample("\(name)_sum", labels, sum)
        text += PrometheusText.sample("\(name)_count", labels, Double(total))
        return text
    }
}
