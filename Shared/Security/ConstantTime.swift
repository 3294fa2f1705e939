/// Whether two byte strings are equal, in a time that depends on their lengths alone.
///
/// Lengths are compared first: the length of a MAC or a token is no secret.
package func constantTimeEquals(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for (x, y) in zip(a, b) { difference |= x ^ y }
    return difference == 0
}
