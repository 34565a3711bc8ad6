import Glibc

/// Repeated measurements of one figure.
struct Sample {
    private var values: [Double]

    /// The figures of `roundCount` rounds, after one that warms up and is not kept.
    init(roundCount: Int, _ measure: () -> Double) {
        _ = measure()
        values = (0..<roundCount).map { _ in measure() }
        values.sort()
    }

    var median: Double {
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// As JSON: the median, and the ranks that enclose it in 95 of 100 repetitions (normal approximation of the
    /// binomial distribution, rounded outwards; with few rounds the least and the greatest).
    var json: String {
        let half = 0.98 * Double(values.count).squareRoot()
        let center = Double(values.count) / 2
        let low = max(0, Int((center - half).rounded(.down)) - 1)
        let high = min(values.count - 1, Int((center + half).rounded(.up)))
        let interval = "\"low\": \(text(values[low])), \"high\": \(text(values[high]))"
        return "{\"median\": \(text(median)), \(interval), \"rounds\": \(values.count)}"
    }

    private func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}

/// CPU time of this thread in nanoseconds: what other programs do meanwhile does not count.
func threadNS() -> Double {
    var now = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return Double(now.tv_sec) * 1e9 + Double(now.tv_nsec)
}
