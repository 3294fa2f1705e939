import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends a request once and reads the answer to its end, within a time and a size.
struct StripeTransport: Sendable {
    let http: HTTPClient
    let timeout: Duration
    let clock: StripeClock
    /// Bytes of an answer's body.
    let largestAnswer: Int

    func send(_ request: HTTPClientRequest) async -> Result<StripeAnswer, TransportFailure> {
        await withTaskGroup(of: Result<StripeAnswer, TransportFailure>?.self) { group in
            group.addTask { await exchange(request) }
            group.addTask {
                do {
                    try await clock.timeout(timeout)
                    return .failure(.timeout)
                } catch {
                    return nil
                }
            }
            defer { group.cancelAll() }
            // The timer ends without a result only when all was cancelled; then the exchange says so.
            while let first = await group.next() {
                if let first { return first }
            }
            return .failure(.cancelled)
        }
    }

    private func exchange(_ request: HTTPClientRequest) async -> Result<StripeAnswer, TransportFailure> {
        do {
            // The deadline of the client would end with the head of the answer; the timer above covers the body too.
            let response = try await http.execute(request, deadline: .distantFuture)
            var answer = StripeAnswer(status: Int(response.status.code), headers: response.headers, body: [])
            do {
                answer.body = Array(try await response.body.collect(upTo: largestAnswer).readableBytesView)
                return .success(answer)
            } catch is NIOTooManyBytesError {
                return .failure(.tooLarge(answer))
            }
        } catch {
            return .failure(TransportFailure(error))
        }
    }
}
