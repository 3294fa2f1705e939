/// How long something has waited, for people: the two largest units.
enum Age {
    private static let units: [(name: String, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    static func text(_ microseconds: Int64) -> String {
        let seconds = max(0, microseconds / 1_000_000)
        guard let largest = units.firstIndex(where: { seconds >= $0.seconds }) else { return "0s" }
        let (unit, rest) = (units[largest], seconds % units[largest].seconds)
        let first = "\(seconds / unit.seconds)\(unit.name)"
        guard largest + 1 < units.count, rest >= units[largest + 1].seconds else { return first }
        return "\(first) \(rest / units[largest + 1].seconds)\(units[largest + 1].name)"
    }
}
