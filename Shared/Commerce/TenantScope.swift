package import Messaging

/// Whose data, in which mode. Every statement on a tenant's tables has both in its WHERE clause, so that what belongs to
/// another tenant, or to the other mode, is simply not there.
package struct TenantScope: Hashable, Sendable {
    package let tenant: TenantID
    package let livemode: Bool

    package init(tenant: TenantID, livemode: Bool) {
        self.tenant = tenant
        self.livemode = livemode
    }
}
