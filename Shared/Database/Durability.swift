/// What a commit survives. Either way it is atomic, visible to every process once `write` returns, and outlives the
/// process that made it.
package enum Durability: Sendable, Hashable {
    /// On disk when `write` returns: survives a power cut.
    case synced
    /// Not waited for: a power cut (on PostgreSQL also a crash of its server) within the next moments may undo it, whole,
    /// and with it what was committed relaxed after it; never what was committed before it. A synced commit of any
    /// process makes all that went before it safe. For what the next start finds out by itself, such as who holds a lease.
    case relaxed
}
