package import Database
package import Messaging

extension TenantStore {
    /// The tenant, inside a transaction of the caller's.
    package static func get(
        _ id: TenantID, forUpdate: Bool = false, in connection: Connection
    ) throws -> Tenant? {
        let lock = forUpdate ? connection.dialect.forUpdate : ""
        return try connection.row("SELECT * FROM tenants WHERE id = $1\(lock)", id).map { try Tenant($0) }
    }

    static func existing(_ id: TenantID, in connection: Connection) throws -> Tenant {
        guard let tenant = try get(id, in: connection) else { throw CommerceError.noSuch("tenant", id.rawValue) }
        return tenant
    }
}

extension Tenant {
    /// From a row of `tenants`.
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), name: try row.get("name"), livemode: try row.get("livemode"),
            stripeAccount: try row.get("stripe_account"),
            stripePublishableKey: try row.get("stripe_publishable_key"),
            stripeKeyEnding: try row.get("stripe_key_ending"), fulfillmentURL: try row.get("fulfillment_url"),
            origins: try JSONText.read(row.get("origins")), createdAt: try row.get("created_at"),
            updatedAt: try row.get("updated_at"), destinationDisabledAt: try row.get("destination_disabled_at"))
    }
}
