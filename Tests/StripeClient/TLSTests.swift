import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import StripeClient
import Testing

struct TLSTests {
    private static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// A certificate for localhost that nobody vouches for.
    private func selfSigned() throws -> NIOSSLContext {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appending(path: "key.pem").path()
        let certificate = folder.appending(path: "certificate.pem").path()
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.openssl))
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: key, format: .pem))))
    }

    @Test(.enabled(if: openssl != nil, "openssl makes the certificate."), arguments: [true, false])
    func `a server that cannot prove itself gets nothing, whatever the HTTP client allows`(lenient: Bool) async throws {
        try await Bench.run(lenient: lenient, certificate: selfSigned()) { _ in
            .answer(200)
        } _: { bench in
            let error = try await bench.failure {
                try await bench.stripe.cancelPaymentIntent("pi_1", idempotencyKey: "k", as: Bench.alice)
            }
            guard case .untrusted = error.kind else {
                Issue.record(error)
                return
            }
            #expect(!error.isRetryable)
            #expect(!error.outcomeUnknown)
            #expect(bench.server.requests.isEmpty)
            #expect(bench.clock.sleeps == [])
            guard lenient else { return }
            // The same HTTP client by itself would have gone there.
            var request = HTTPClientRequest(url: "\(bench.base)/v1/balance")
            request.headers = ["Stripe-Version": "2026-10-28.endive"]
            let answer = try await bench.http.execute(request, timeout: .seconds(20))
            #expect(answer.status == .ok)
        }
    }
}
