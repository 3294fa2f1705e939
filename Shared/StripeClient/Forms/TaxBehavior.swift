/// Whether a price has its tax in it.
package enum TaxBehavior: String, Sendable {
    case exclusive, inclusive, unspecified
}
