import Logging
import StripeModels

extension StripeClient {
    /// Makes a call, in as many tries as it takes and may.
    func send<T: Decodable & Sendable>(
        _ call: StripeCall, as credentials: StripeCredentials
    ) async throws(StripeError) -> T {
        let answer = try await answer(to: call, as: credentials)
        do {
            return try StripeJSON.decode(T.self, from: answer.body)
        } catch {
            throw StripeError(
                .unreadable(status: answer.status), "\(call.name) was done, but its answer could not be read.",
                outcomeUnknown: call.changes, requestID: answer.requestID, cause: error)
        }
    }

    /// The first answer with a status of 2xx.
    func answer(
        to call: StripeCall, as credentials: StripeCredentials
    ) async throws(StripeError) -> StripeAnswer {
        let request = try call.request(to: base, as: credentials)
        // A try before may have reached Stripe although its answer never reached us.
        var maybeArrived = false
        var attempt = 1
        while true {
            try await waitForTurn(call, as: credentials, maybeArrived: maybeArrived)
            let started = clock.now()
            let result = await transport.send(request)
            record(result, of: call, tenant: credentials.tenant, took: clock.now() - started)
            let pause = pace(credentials, after: result)
            if case .success(let answer) = result, (200..<300).contains(answer.status) { return answer }

            guard rule.triesAgain(after: result, attempt: attempt) else {
                switch result {
                case .success(let answer):
                    throw StripeError(call, refusedBy: answer, afterUnknown: maybeArrived, pause: pause)
                case .failure(let failure):
                    throw StripeError(call, failedBy: failure, afterUnknown: maybeArrived)
                }
            }
            maybeArrived = maybeArrived || Self.maybeDone(result)
            let delay = rule.delay(after: attempt, jitter: clock.jitter(0.5...1))
            log(result, of: call, tenant: credentials.tenant, attempt: attempt, delay: delay)
            try await sleep(delay, before: call, maybeArrived: maybeArrived)
            attempt += 1
        }
    }

    /// Waits for the tenant's turn, by its rate and by what Stripe lately said to it.
    private func waitForTurn(
        _ call: StripeCall, as credentials: StripeCredentials, maybeArrived: Bool
    ) async throws(StripeError) {
        let asked = clock.now()
        let longest = min(credentials.longestQueue ?? longestQueue, longestQueue)
        var turns = [pacer.reserve(for: credentials.tenant, at: asked, longest: longest)]
        // A turn among all processes is not taken for a call that cannot use it.
        if case .after = turns[0] { turns.append(await turn(of: credentials, longest)) }
        var wait = Duration.zero
        for turn in turns {
            switch turn {
            case .after(let time): wait = max(wait, time)
            case .tooFar(let time):
                throw StripeError(
                    .rateLimited(retryAfter: time),
                    "\(call.name) was not sent: the tenant has too many calls waiting.", isRetryable: true,
                    outcomeUnknown: call.changes && maybeArrived)
            }
        }
        if wait > .zero || Task.isCancelled { try await sleep(wait, before: call, maybeArrived: maybeArrived) }
    }

    /// The tenant's next turn by its rate.
    private func turn(of credentials: StripeCredentials, _ longest: Duration) async -> StripeTurn {
        let (tenant, livemode, rate) = (credentials.tenant, credentials.livemode, credentials.callsPerSecond)
        do {
            return try await pacing.wait(for: tenant, livemode: livemode, rate: rate, longest: longest)
        } catch {
            // Stripe can be called without our database, and says 429 where this is too fast.
            if !Task.isCancelled {
                logger.warning(
                    "Shared pacing failed; this process paces alone",
                    metadata: ["tenant": "\(tenant)", "error": "\(error)"])
            }
            return localPacing.wait(for: tenant, livemode: livemode, rate: rate, longest: longest)
        }
    }

    private func sleep(_ time: Duration, before call: StripeCall, maybeArrived: Bool) async throws(StripeError) {
        do {
            try await clock.sleep(time)
        } catch {
            throw StripeError(
                .cancelled, "\(call.name) was given up while it waited.", isRetryable: true,
                outcomeUnknown: call.changes && maybeArrived)
        }
    }

    /// Slows the tenant down after a 429, and lets it come back to speed after anything else.
    /// - Returns: how long it is asked to stay away.
    private func pace(
        _ credentials: StripeCredentials, after result: Result<StripeAnswer, TransportFailure>
    ) -> Duration {
        guard case .success(let answer) = result else { return .zero }
        guard answer.status == 429 else {
            pacer.speedUp(credentials.tenant)
            return .zero
        }
        // Longer than a minute is no pace but an outage, and the caller's to plan around.
        let asked = min(answer.retryAfter ?? .seconds(1), .seconds(60))
        // Several processes were told the same; they should not come back in one moment.
        let pause = asked * clock.jitter(1...1.5)
        guard !answer.isLockTimeout else { return pause }
        pacer.slowDown(credentials.tenant, ceiling: credentials.callsPerSecond, at: clock.now(), pause: pause)
        logger.warning(
            "Stripe answered 429; tenant slowed down",
            metadata: ["tenant": "\(credentials.tenant)", "stripe.request_id": "\(answer.requestID ?? "-")"])
        return pause
    }

    private static func maybeDone(_ result: Result<StripeAnswer, TransportFailure>) -> Bool {
        switch result {
        case .success(let answer): answer.status >= 500 || answer.status == 409
        case .failure(let failure): failure.maybeArrived
        }
    }
}
