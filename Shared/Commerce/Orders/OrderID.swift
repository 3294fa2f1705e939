import Database

package struct OrderID: RowID {
    package static let prefix = "ord_"
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}
