import Security
import Testing

@testable import CheckoutCtl

@Suite struct MaskingTests {
    @Test(arguments: [
        ("sk_test_51Habcdef", "<secret>"), ("rk_live_51Habcdef failed", "<secret> failed"),
        ("key ck_live_abc, then", "key <secret>, then"), ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/=", "<secret>"),
        ("pi_3Mabc_secret_Xyz of it", "pi_3Mabc_secret_<secret> of it"),
        (#"{"client_secret": "cs_1#\"x", "id":"cs_1"}"#, #"{"client_secret": "<secret>", "id":"cs_1"}"#),
    ])
    func `a secret in a text is masked, and nothing around it`(_ text: String, _ masked: String) {
        #expect(Masking.text(text) == masked)
    }

    @Test(arguments: [
        "pk_test_51Habcdef", "task_test_1", "The storefront answered 500.", #"{"client_secret":null}"#, "", "whsec_",
        #"{"id":"evt_1","name":"Zoë\n雲"}"#,
    ])
    func `what is no secret stays as it is`(_ text: String) {
        #expect(Masking.text(text) == text)
    }

    @Test func `in JSON secret fields are masked at every depth`() throws {
        let payload = """
            {"a":[{"client_secret":"x"},1.5,null,true],"Authorization":"y","n":9007199254740993,\
            "webhook_secret":{"id":"z"},"secret":null,"sku":"sk_live_1"}
            """
        #expect(
            try Masking.json(payload).text() == """
                {"Authorization":"<secret>","a":[{"client_secret":"<secret>"},1.5,null,true],"n":9007199254740993,\
                "secret":null,"sku":"<secret>","webhook_secret":"<secret>"}
                """)
    }

    @Test func `an object in a text is shown as an object`() throws {
        let payload = #"{"body":"{\"data\":{\"client_secret\":\"pi_1_secret_2\",\"id\":\"ord_1\"}}","message":"msg_1"}"#
        #expect(
            try Masking.json(payload).text()
                == #"{"body":{"data":{"client_secret":"<secret>","id":"ord_1"}},"message":"msg_1"}"#)
    }

    @Test(arguments: [
        ("not JSON sk_test_1", #""not JSON <secret>""#), (#"{"body":"{sk_test_1"}"#, #"{"body":"{<secret>"}"#),
    ])
    func `what is no JSON is masked as text`(_ payload: String, _ shown: String) throws {
        #expect(try Masking.json(payload).text() == shown)
    }
}
