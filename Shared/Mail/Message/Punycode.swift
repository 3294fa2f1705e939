/// The ASCII form of a domain's label (RFC 3492, with the parameters of its section 5).
enum Punycode {
    private static let (base, tMin, tMax, skew, damp) = (36, 1, 26, 38, 700)

    static func encode(_ scalars: String.UnicodeScalarView) -> String {
        var output = String(String.UnicodeScalarView(scalars.filter(\.isASCII)))
        let basicCount = output.unicodeScalars.count
        if basicCount > 0 { output.append("-") }
        let points = scalars.map { Int($0.value) }
        var (point, delta, bias, handled) = (128, 0, 72, basicCount)
        while handled < points.count {
            // The smallest that is not encoded yet.
            let next = points.filter { $0 >= point }.min() ?? point
            delta += (next - point) * (handled + 1)
            point = next
            for one in points {
                if one < point { delta += 1 }
                guard one == point else { continue }
                append(delta, bias: bias, to: &output)
                bias = adapt(delta, count: handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            point += 1
        }
        return output
    }

    /// A number of variable length, its lowest digit first.
    private static func append(_ delta: Int, bias: Int, to output: inout String) {
        var rest = delta
        var k = base
        while true {
            let threshold = min(max(k - bias, tMin), tMax)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            k += base
        }
        output.append(digit(rest))
    }

    private static func adapt(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = delta / (isFirst ? damp : 2)
        delta += delta / count
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + skew)
    }

    private static let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789")

    private static func digit(_ value: Int) -> Character { digits[value] }
}
