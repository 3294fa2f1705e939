import StripeModels
import Testing

/// Whatever way a model gets into a log, its secrets stay behind.
struct PrintingTests {
    func everyPrint(of value: some Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value) \(String(reflecting: value)) \([value]) \(Optional(value) as Any) \(dumped)"
    }

    static let intent = """
        {"id":"pi_1","amount":1,"currency":"usd","livemode":false,"created":1,"status":"succeeded",
         "client_secret":"pi_1_secret_HIDDEN","receipt_email":"HIDDEN@example.com","description":"HIDDEN"}
        """

    @Test func `a PaymentIntent prints without its client secret`() throws {
        let print = everyPrint(of: try StripeJSON.decode(PaymentIntent.self, from: Array(Self.intent.utf8)))
        #expect(!print.contains("HIDDEN"))
        #expect(print.contains("pi_1"))
    }

    @Test func `nor does a setup or a page of Checkout print what opens it`() throws {
        let setup = """
            {"id":"seti_1","status":"succeeded","livemode":false,"created":1,"client_secret":"seti_1_secret_HIDDEN"}
            """
        let page = """
            {"id":"cs_1","object":"checkout.session","mode":"payment","payment_status":"paid","livemode":false,
             "url":"https://HIDDEN","customer_email":"HIDDEN@example.com"}
            """
        #expect(!everyPrint(of: try StripeJSON.decode(SetupIntent.self, from: Array(setup.utf8))).contains("HIDDEN"))
        let object = try StripeJSON.decode(StripeObject.self, from: Array(page.utf8))
        #expect(!everyPrint(of: object).contains("HIDDEN"))
        #expect(everyPrint(of: object).contains("cs_1"))
    }

    @Test func `a webhook endpoint prints without its signing secret`() throws {
        let json = #"{"id":"we_1","object":"webhook_endpoint","secret":"whsec_HIDDEN","url":"https://a.example"}"#
        let endpoint = try StripeJSON.decode(WebhookEndpoint.self, from: Array(json.utf8))
        #expect(endpoint.secret == "whsec_HIDDEN")
        #expect(!everyPrint(of: endpoint).contains("HIDDEN"))
    }

    @Test func `an error prints without its message, which may repeat what was sent`() throws {
        let json =
            #"{"type":"invalid_request_error","code":"c","param":"p","message":"HIDDEN","payment_intent":\#(Self.intent)}"#
        let error = try StripeJSON.decode(StripeErrorBody.self, from: Array(json.utf8))
        #expect(error.message == "HIDDEN")
        #expect(!everyPrint(of: error).contains("HIDDEN"))
        #expect("\(error)" == "invalid_request_error c param p")
    }

    @Test func `nor does the key of somebody's metadata appear`() throws {
        let json = #"{"type":"invalid_request_error","param":"metadata[HIDDEN]"}"#
        let error = try StripeJSON.decode(StripeErrorBody.self, from: Array(json.utf8))
        #expect("\(error)" == "invalid_request_error param metadata")
    }
}
