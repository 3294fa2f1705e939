import Testing

@testable import CheckoutCtl

@Suite struct JSONTests {
    @Test func `a field without a value is written as null, not left out`() throws {
        let value: JSON = ["id": "ten_1", "note": .text(nil), "expires_at": .time(nil)]
        #expect(try value.text() == #"{"expires_at":null,"id":"ten_1","note":null}"#)
    }

    @Test func `times are whole seconds`() throws {
        #expect(try JSON.time(1_795_305_600_999_999).text() == "1795305600")
    }

    @Test func `a page has the form of the API's lists`() throws {
        #expect(try JSON.page([], hasMore: false).text() == #"{"data":[],"has_more":false,"object":"list"}"#)
        #expect(try JSON.page([.int(1)], hasMore: true).text() == #"{"data":[1],"has_more":true,"object":"list"}"#)
    }

    @Test func `a URL keeps its slashes and text its characters`() throws {
        #expect(try JSON.text("http://127.0.0.1/a \"雲\"\n").text() == #""http://127.0.0.1/a \"雲\"\n""#)
    }

    @Test func `a resource of another module is written as it writes itself`() throws {
        struct Resource: Encodable { let a = 1 }
        #expect(try JSON.page([.resource(Resource())], hasMore: false).text().contains(#"[{"a":1}]"#))
    }
}
