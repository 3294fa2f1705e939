extension Confirmation {
    /// - Parameter returnURL: where the bank's page sends the buyer; without one, it tells the page around it.
    init(baseURL: String, returnURL: String? = nil) {
        self.baseURL = baseURL
        self.returnURL = returnURL
    }
}
