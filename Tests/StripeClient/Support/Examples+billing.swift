extension Examples {
    static let session = """
        {"id":"cs_1","object":"checkout.session","mode":"payment","payment_status":"unpaid","livemode":false,"created":1,
         "expires_at":2,"url":"https://checkout.stripe.com/c/HIDDEN"}
        """
    static let price = """
        {"id":"price_1","object":"price","currency":"usd","unit_amount":5,"livemode":false,"product":"prod_1","created":1}
        """
    static let product = #"{"id":"prod_1","object":"product","name":"Tea","active":true,"livemode":false,"created":1}"#
    static let invoice = """
        {"id":"in_1","object":"invoice","currency":"usd","total":5,"amount_due":5,"livemode":false,"created":1}
        """
    static let refund = """
        {"id":"re_1","object":"refund","amount":5,"currency":"usd","status":"pending","created":1,"payment_intent":"pi_1"}
        """
    static let charge = """
        {"id":"ch_1","object":"charge","amount":5,"currency":"usd","status":"succeeded","livemode":false,"created":1}
        """
    static let paymentMethod = #"{"id":"pm_1","object":"payment_method","type":"card","livemode":false,"created":1}"#
    static let customer = #"{"id":"cus_1","object":"customer","livemode":false,"created":1}"#
    static let endpoint = #"{"id":"we_1","object":"webhook_endpoint","secret":"whsec_HIDDEN","livemode":false}"#
    static let account = #"{"id":"acct_1","object":"account","country":"DE","default_currency":"eur"}"#
    static let balance = #"{"object":"balance","livemode":false,"available":[]}"#

    static func subscription(_ more: String = "") -> String {
        """
        {"id":"sub_1","object":"subscription","status":"active","customer":"cus_1","livemode":false,"created":1\(more)}
        """
    }

    static func list(_ elements: String..., more: Bool = false) -> String {
        #"{"object":"list","has_more":\#(more),"data":[\#(elements.joined(separator: ","))]}"#
    }
}
