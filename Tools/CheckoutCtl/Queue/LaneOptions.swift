import ArgumentParser
import Commerce
import Messaging

/// Which jobs are meant: a tenant's, those of a kind, or those of a kind of a tenant.
struct LaneOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The jobs of this tenant.", valueName: "ten_…"))
    var tenant: String?

    @Option(help: ArgumentHelp("The jobs of this kind.", valueName: "kind"))
    var kind: JobKind?

    func validate() throws {
        guard tenant != nil || kind != nil else {
            throw ValidationError("Name the jobs that are meant: --tenant ten_…, --kind KIND, or both.")
        }
    }

    func selector(in session: Session) async throws -> LaneSelector {
        LaneSelector(tenant: try await session.tenantID(tenant), kind: kind)
    }
}

extension LaneSelector {
    /// `deliver_to_storefront jobs of ten_1`
    var words: String {
        switch (tenant, kind) {
        case (nil, nil): "all jobs"
        case (let tenant?, nil): "jobs of \(tenant)"
        case (nil, let kind?): "\(kind) jobs"
        case (let tenant?, let kind?): "\(kind) jobs of \(tenant)"
        }
    }

    /// The flags that name it.
    var flags: String {
        [tenant.map { "--tenant \($0)" }, kind.map { "--kind \($0)" }].compactMap { $0 }.joined(separator: " ")
    }

    /// Whether a job may be among both.
    func overlaps(_ other: LaneSelector) -> Bool {
        (tenant == nil || other.tenant == nil || tenant == other.tenant)
            && (kind == nil || other.kind == nil || kind == other.kind)
    }

    var json: [String: JSON] { ["tenant": .text(tenant?.rawValue), "kind": .text(kind?.rawValue)] }
}

extension Session {
    /// The tenant that a filter names; nil for every tenant.
    func tenantID(_ id: String?) async throws -> TenantID? {
        guard let id else { return nil }
        return try await tenant(id).id
    }
}
