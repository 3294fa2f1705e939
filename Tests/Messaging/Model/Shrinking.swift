/// Drops parts of a failing sequence for as long as what is left fails still: large parts first, then single items.
func shrunk<Item>(
    _ items: [Item], tries: Int = 400, fails: ([Item]) async throws -> Bool
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
    return best
}
