import Hummingbird
import ServiceRuntime

/// `/openapi.yaml` and `/docs`: what the API promises, for machines and for people.
struct ContractRoutes: Sendable {
    let pages: ContractPages

    func add(to router: Router<AppRequestContext>) {
        router.get("openapi.yaml") { request, _ in pages.machineReadable.response(to: request) }
        router.get("docs") { _, _ in pages.docs }
    }
}
