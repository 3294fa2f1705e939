import Testing

@testable import Mail

@Suite(.timeLimit(.minutes(1))) struct SMTPClientTests {
    private static func message(to: String = "buyer@example.org") throws -> MailMessage {
        MailMessage(
            from: try EmailAddress("shop@example.com"), fromName: try HeaderText("Shop"), to: try EmailAddress(to),
            subject: try HeaderText("Hello"), text: "Hello\n.\n..\nEnd", html: "<p>Hello", reference: "job_1.ten_1",
            date: 0)
    }

    /// Runs `body` with a client of a server that follows `script`.
    private func with(
        _ script: ScriptedServer.Script = [:], login: String = "", timeout: Duration = .seconds(30),
        _ body: (SMTPClient, ScriptedServer) async throws -> Void
    ) async throws {
        let server = ScriptedServer(script)
        let port = try await server.listen()
        let client = try SMTPClient(
            server: SMTPServer(parsing: "smtp://\(login)127.0.0.1:\(port)"), greeting: "shop.example",
            timeout: timeout, environment: [:])
        defer { client.close() }
        try await body(client, server)
        try await server.close()
    }

    /// Why a message was not taken.
    private func failure(
        _ script: ScriptedServer.Script, login: String = "", timeout: Duration = .seconds(30)
    ) async throws -> MailError {
        var failure: MailError?
        try await with(script, login: login, timeout: timeout) { client, _ in
            failure = await #expect(throws: MailError.self) { try await client.send(Self.message()) }
        }
        return try #require(failure)
    }

    @Test func `a message is handed in as it was written`() async throws {
        try await with { client, server in
            try await client.send(Self.message())
            #expect(
                server.commands.prefix(3).map { $0.prefix(32) } == [
                    "EHLO shop.example", "MAIL FROM:<shop@example.com>", "RCPT TO:<buyer@example.org>",
                ])
            let sent = String(decoding: try Self.message().bytes, as: UTF8.self)
            #expect(server.messages == [String(sent.dropLast())])
        }
    }

    @Test func `many at once are sent, a few at a time`() async throws {
        try await with { client, server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask { try await client.send(Self.message(to: "buyer\(number)@example.org")) }
                }
                try await group.waitForAll()
            }
            #expect(server.messages.count == 50)
            #expect((1...SMTPThreads.count).contains(server.mostConnections))
        }
    }

    @Test(arguments: [
        ("RCPT", "550 5.1.1 no such mailbox", MailError.Code.refused), ("RCPT", "452 4.2.2 full", .putOff),
        ("MAIL", "553 5.7.1 not your address", .refused), ("MAIL", "451 later", .putOff),
        ("MAIL", "530 5.7.0 Authentication required", .account), ("DATA", "554 no", .refused),
        (".", "554 5.7.1 looks like spam", .refused), (".", "451 4.7.1 greylisted", .putOff),
        ("", "554 no mail here", .account), ("", "421 too busy", .unreachable),
    ])
    func `a refusal is told with the server's own words`(
        command: String, answer: String, code: MailError.Code
    ) async throws {
        let failure = try await failure([command: .say(answer)])
        #expect(failure.code == code)
        #expect(failure.message.hasSuffix("answered: \(answer)"))
    }

    @Test func `an answer of many lines is told as one`() async throws {
        let failure = try await failure(["RCPT": .say("550-5.1.1 no such\r\n550 5.1.1 mailbox\u{1b}[2J")])
        #expect(failure.message.hasSuffix("answered: 550 5.1.1 no such 5.1.1 mailbox [2J"))
    }

    @Test func `a server is not lost by one refused recipient`() async throws {
        try await with(["RCPT TO:<nobody": .say("550 nobody"), "RCPT": .say("250 ok")]) { client, server in
            await #expect(throws: MailError.self) { try await client.send(Self.message(to: "nobody@example.org")) }
            try await client.send(Self.message())
            #expect(server.messages.count == 1)
        }
    }

    @Test(arguments: ["", "EHLO", "RCPT", ".", "DATA"])
    func `a server that keeps silent is given up after the timeout`(command: String) async throws {
        let failure = try await failure([command: .silence], timeout: .milliseconds(300))
        #expect(failure.code == .unreachable)
        #expect(failure.message.contains("may have been taken") == (command == "."))
    }

    @Test(arguments: ["", "EHLO", "RCPT", ".", "DATA"])
    func `a server that goes away is unreachable, and after the message there is doubt`(command: String) async throws {
        let failure = try await failure([command: .close])
        #expect(failure.code == .unreachable)
        #expect(failure.message.contains("may have been taken") == (command == "."))
    }

    @Test func `where nobody listens is unreachable`() async throws {
        let server = ScriptedServer()
        let port = try await server.listen()
        try await server.close()
        let client = try SMTPClient(
            server: SMTPServer(parsing: "smtp://127.0.0.1:\(port)"), greeting: "shop.example", environment: [:])
        defer { client.close() }
        let failure = await #expect(throws: MailError.self) { try await client.send(Self.message()) }
        #expect(failure?.code == .unreachable)
    }

    @Test func `a login is given where it is asked for`() async throws {
        let offer = ScriptedServer.Step.say("250-test\r\n250 AUTH PLAIN LOGIN XOAUTH2 NTLM")
        // \0shop@example.com\0päss
        let answer = "AHNob3BAZXhhbXBsZS5jb20AcMOkc3M="
        let script: ScriptedServer.Script = ["EHLO": offer, "AUTH": .say("334 "), answer: .say("235 welcome")]
        try await with(script, login: "shop%40example.com:p%C3%A4ss@") { client, server in
            try await client.send(Self.message())
            #expect(server.commands.contains("AUTH PLAIN") && server.commands.contains(answer))
            #expect(server.messages.count == 1)
        }
    }

    @Test func `a wrong password is about us and not about the message, and is not repeated`() async throws {
        let failure = try await failure(
            ["EHLO": .say("250-test\r\n250 AUTH PLAIN"), "AUTH": .say("535 5.7.8 bad credentials")],
            login: "shop:hidden@")
        #expect(failure.code == .account)
        #expect(failure.message.hasSuffix("answered: 535 5.7.8 bad credentials"))
        #expect(!failure.message.contains("hidden"))
    }

    @Test func `without STARTTLS a password stays here, unless the server is on this machine`() async throws {
        let server = ScriptedServer(["EHLO": .say("250-test\r\n250 AUTH PLAIN")])
        let port = try await server.listen()
        // The machine itself, by a name that does not say so.
        let client = try SMTPClient(
            server: SMTPServer(parsing: "smtp://shop:hidden@127.1:\(port)"), greeting: "shop.example",
            environment: [:])
        defer { client.close() }
        let failure = await #expect(throws: MailError.self) { try await client.send(Self.message()) }
        #expect(failure?.code == .account)
        #expect(failure?.message.contains("does not offer STARTTLS") == true)
        #expect(!server.commands.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
        try await server.close()
    }

    @Test func `a cancelled task is let go at once, and the next message is sent`() async throws {
        try await with(["RCPT TO:<slow": .silence, "RCPT": .say("250 ok")]) { client, server in
            let slow = Task { try await client.send(Self.message(to: "slow@example.org")) }
            await server.waitFor("RCPT TO:<slow")
            slow.cancel()
            await #expect(throws: CancellationError.self) { try await slow.value }
            try await client.send(Self.message())
            #expect(server.messages.count == 1)
        }
    }

    @Test func `a task that is cancelled beforehand sends nothing`() async throws {
        try await with { client, server in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await client.send(Self.message())
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(server.messages.isEmpty)
        }
    }

    @Test func `closing ends what is under way and takes in nothing more`() async throws {
        try await with(["RCPT": .silence]) { client, server in
            let slow = Task { try await client.send(Self.message()) }
            await server.waitFor("RCPT")
            client.close()
            await #expect(throws: MailError.self) { try await slow.value }
            await #expect(throws: MailError.self) { try await client.send(Self.message()) }
        }
    }
}
