import HTTPTypes
import Hummingbird
import Mustache

/// The contract of what exists, once for machines and once for people.
struct ContractPages: Sendable {
    let machineReadable = Asset(PackageResources.openapi_yaml, contentType: "application/yaml; charset=utf-8")
    let docs: Response

    /// - Parameter publicBaseURL: what the examples call.
    init(publicBaseURL: String) throws {
        let template = try MustacheTemplate(string: String(decoding: PackageResources.docs_html, as: UTF8.self))
        docs = DemoPages.response(.ok, template.render(["base": publicBaseURL]), policy: DemoPages.plainPolicy)
    }
}
