/// What to ask a product to be.
package struct ProductForm: Sendable {
    package var name: String
    package var description: String?
    package var metadata: [String: String] = [:]

    package init(name: String) {
        self.name = name
    }

    var body: FormBody {
        [
            "name": .text(name),
            "description": description.map(FormValue.text),
            "metadata": .map(metadata),
        ]
    }
}
