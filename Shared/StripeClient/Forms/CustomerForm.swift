/// What to ask a customer to be.
package struct CustomerForm: Sendable {
    package var email: String?
    package var name: String?
    package var phone: String?
    package var description: String?
    package var metadata: [String: String] = [:]

    package init() {}

    var body: FormBody {
        [
            "description": description.map(FormValue.text),
            "email": email.map(FormValue.text),
            "metadata": .map(metadata),
            "name": name.map(FormValue.text),
            "phone": phone.map(FormValue.text),
        ]
    }
}
