import ArgumentParser
import Security
import Testing

@testable import CheckoutCtl

@Suite struct SecretInputTests {
    private func input(_ lines: [String] = [], _ environment: [String: String] = [:]) -> SecretInput {
        var rest = lines[...]
        return SecretInput(environment: environment, readLine: { rest.popFirst() })
    }

    @Test func `a dash stands for a line of standard input each`() throws {
        let input = input([" sk_test_1 ", "whsec_2"])
        #expect(try input.optional("-", "--a")?.exposed == "sk_test_1")
        #expect(try input.optional("-", "--b")?.exposed == "whsec_2")
        #expect(throws: CommandFailure.self) { try input.optional("-", "--c") }
    }

    @Test func `what is given goes over the environment`() throws {
        let input = input([], ["KEY": "from environment"])
        #expect(try input.required("given", "--key", variable: "KEY").exposed == "given")
        #expect(try input.required(nil, "--key", variable: "KEY").exposed == "from environment")
        #expect(try input.optional(nil, "--key") == nil)
    }

    @Test func `what is missing is named with its mend, and never echoed`() {
        #expect {
            try input([], ["KEY": ""]).required(nil, "--key", variable: "KEY")
        } throws: { error in
            let failure = CommandFailure(error)
            return failure.exitCode.rawValue == 64 && failure.message.hasPrefix("--key: ")
                && failure.message.contains("KEY")
        }
    }
}
