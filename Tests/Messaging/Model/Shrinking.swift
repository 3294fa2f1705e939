/// Makes a failing sequence short and its items simple, for as long as what is left fails still: drops large parts first,
/// then single items, then tries each item's simpler forms.
/// - Parameter simpler: of an item, each a step towards the simplest.
func shrunk<Item>(
    _ items: [Item], tries: Int = 800, simpler: (Item) -> [Item] = { _ in [] },
    fails: ([Item]) async throws -> Bool
) async rethrows -> [Item] {
    var (best, size, left) = (items, max(1, items.count / 2), tries)
    while left > 0 {
        var start = 0
        var hasShrunk = false
        while start < best.count, left > 0 {
            let candidate = Array(best[..<start] + best[min(start + size, best.count)...])
            left -= 1
            if try await fails(candidate) {
                (best, hasShrunk) = (candidate, true)
            } else {
                start += size
            }
        }
        if size == 1, !hasShrunk { break }
        size = max(1, size / 2)
    }
    var index = 0
    while index < best.count, left > 0 {
        var isSimplest = true
        for item in simpler(best[index]) where left > 0 {
            var candidate = best
            candidate[index] = item
            left -= 1
            if try await fails(candidate) {
                (best, isSimplest) = (candidate, false)
                break
            }
        }
        if isSimplest { index += 1 }
    }
    return best
}
