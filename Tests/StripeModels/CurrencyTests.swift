import StripeModels
import Testing

struct CurrencyTests {
    func refusal(_ amount: Int64, _ code: String) throws -> String? {
        let currency = try Currency(validating: code)
        do {
            try currency.checkCharge(amount)
            return nil
        } catch {
            #expect(error.param == "amount")
            #expect(!error.message.isEmpty)
            return error.code
        }
    }

    @Test(
        arguments: [
            ("usd eur aud brl cad chf inr nzd sgd zar ars cop idr ils php rub", 50), ("gbp", 30),
            ("aed myr pln ron", 200),
            ("dkk", 250), ("nok sek", 300), ("hkd", 400), ("mxn thb", 1_000), ("czk", 1_500), ("jpy krw", 50),
            ("huf", 17_500),
        ] as [(String, Int64)])
    func `the smallest charge is Stripe's`(codes: String, minor: Int64) throws {
        for code in codes.split(separator: " ").map(String.init) {
            #expect(try refusal(minor, code) == nil)
            #expect(try refusal(minor - 1, code) == "amount_too_small")
        }
    }

    @Test(arguments: ["vnd", "kes", "twd", "clp"])
    func `where no smallest charge is known, Stripe decides`(code: String) throws {
        #expect(try refusal(1, code) == nil)
    }

    @Test(arguments: ["usd", "jpy", "huf", "twd", "vnd"])
    func `the largest charge has eight digits`(code: String) throws {
        #expect(try refusal(99_999_999, code) == nil)
        #expect(try refusal(100_000_000, code) == "amount_too_large")
        #expect(try refusal(.max, code) == "amount_too_large")
    }

    @Test(arguments: ["usd", "jpy", "kwd", "isk", "vnd"], [0, -1, -100, Int64.min])
    func `zero and less is no charge`(code: String, amount: Int64) throws {
        #expect(try refusal(amount, code) == "parameter_invalid_integer")
    }

    @Test(arguments: ["isk", "ugx"])
    func `the Icelandic króna and the Ugandan shilling end in 00`(code: String) throws {
        #expect(try refusal(500_00, code) == nil)
        #expect(try refusal(500_50, code) == "parameter_invalid_integer")
        #expect(try refusal(500_01, code) == "parameter_invalid_integer")
    }

    @Test(arguments: ["bhd", "jod", "kwd", "omr", "tnd"])
    func `three decimals end in 0`(code: String) throws {
        #expect(try refusal(5_120, code) == nil)
        #expect(try refusal(5_124, code) == "parameter_invalid_integer")
        #expect(try refusal(99_999_990, code) == nil)
        #expect(try refusal(99_999_999, code) == "parameter_invalid_integer")
    }

    @Test func `decimals are those of Stripe's minor unit`() throws {
        let zero = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
        for (codes, decimals) in [(zero, 0), ("bhd jod kwd omr tnd", 3), ("usd eur huf twd isk ugx", 2)] {
            for code in codes.split(separator: " ").map(String.init) {
                #expect(try Currency(validating: code).decimals == decimals, "\(code)")
            }
        }
    }

    @Test(arguments: ["USD", "Usd", "usd"])
    func `a code may come in any case`(code: String) throws {
        #expect(try Currency(validating: code).rawValue == "usd")
    }

    @Test(arguments: [
        "", "us", "usdd", "xyz", "u$d", "usd ", " usd", "１２３", "ΰsd", "usd\u{00}", "xxx", "btc", "dollar",
    ])
    func `what is no currency is refused`(code: String) {
        let error = #expect(throws: AmountError.self) { try Currency(validating: code) }
        #expect(error?.code == "invalid_currency")
        #expect(error?.param == "currency")
    }

    @Test(
        arguments: [
            ("usd", 1_234, "12.34 USD"), ("usd", 5, "0.05 USD"), ("usd", 0, "0.00 USD"), ("usd", -5, "-0.05 USD"),
            ("usd", -1_234, "-12.34 USD"), ("jpy", 500, "500 JPY"), ("jpy", -500, "-500 JPY"),
            ("kwd", 5_120, "5.120 KWD"),
            ("isk", 500_00, "500.00 ISK"), ("usd", Int64.max, "92233720368547758.07 USD"),
            ("usd", Int64.min, "-92233720368547758.08 USD"),
        ] as [(String, Int64, String)])
    func `amounts are written with the currency's decimals`(code: String, minor: Int64, text: String) throws {
        #expect(try Currency(validating: code).format(minor) == text)
    }
}
