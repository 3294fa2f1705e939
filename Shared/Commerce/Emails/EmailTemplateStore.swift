package import Database
package import Messaging

/// A tenant's own wording of one kind of email, as Mustache templates.
package struct EmailTemplate: Sendable, Hashable {
    package let kind: EmailKind
    package let subject: String
    package let text: String
    package let html: String

    /// - Throws: `.invalid` naming `subject`, `text` or `html`.
    package init(kind: EmailKind, subject: String, text: String, html: String) throws(CommerceError) {
        self.kind = kind
        self.subject = try FieldRules.text(subject, "subject", limit: 500)
        self.text = try FieldRules.text(text, "text", limit: 50_000)
        self.html = try FieldRules.text(html, "html", limit: 200_000)
    }

    init(_ row: Row) throws {
        kind = try Stored.known(row.get("kind"), "An email template's kind")
        subject = try row.get("subject")
        text = try row.get("text")
        html = try row.get("html")
    }
}

/// The templates that tenants have of their own; for the others there are ours.
package enum EmailTemplateStore {
    package static func get(
        _ kind: EmailKind, of tenant: TenantID, in connection: Connection
    ) throws -> EmailTemplate? {
        try connection.row(
            "SELECT * FROM email_templates WHERE tenant_id = $1 AND kind = $2", tenant, kind.rawValue
        ).map { try EmailTemplate($0) }
    }

    package static func list(of tenant: TenantID, in connection: Connection) throws -> [EmailTemplate] {
        try connection.rows("SELECT * FROM email_templates WHERE tenant_id = $1 ORDER BY kind", tenant)
            .map { try EmailTemplate($0) }
    }

    package static func put(_ template: EmailTemplate, of tenant: TenantID, in connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO email_templates (tenant_id, kind, subject, text, html, updated_at)
            VALUES ($1, $2, $3, $4, $5, now_us())
            ON CONFLICT (tenant_id, kind) DO UPDATE SET subject = excluded.subject, text = excluded.text,
                html = excluded.html, updated_at = excluded.updated_at
            """, tenant, template.kind.rawValue, template.subject, template.text, template.html)
    }

    /// - Returns: whether there was one.
    package static func remove(
        _ kind: EmailKind, of tenant: TenantID, in connection: Connection
    ) throws -> Bool {
        try connection.execute(
            "DELETE FROM email_templates WHERE tenant_id = $1 AND kind = $2", tenant, kind.rawValue) == 1
    }
}
