import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Stripe's API: from a request to an answer, by way of key, idempotency, faults, parameters and handler.
struct APIResponder: Sendable {
    let store: StateStore
    let routes: APIRoutes
    let faults: FaultBook
    let keys: KeyBook
    let log: RequestLog
    let record: CallRecord?

    /// Bodies beyond this are refused.
    private static let bodyLimit = 1 << 20

    func respond(to request: Request, _ context: SandboxContext, baseURL: String) async -> Response {
        if request.method == .options { return Self.preflight }
        let start = ContinuousClock.now
        var exchange = Exchange(request, baseURL: baseURL)
        let answer: Answer?
        do throws(StripeFailure) {
            try await exchange.readBody(request, upTo: Self.bodyLimit)
            try exchange.authenticate()
            try checkAccess(exchange)
            answer = try await self.answer(&exchange)
        } catch {
            answer = Self.answer(to: error, exchange)
        }
        log.add(exchange.logEntry(answer?.status, after: ContinuousClock.now - start, at: store.clock()))
        record?.add(exchange.record(answer?.status, at: store.clock()))
        context.logger.debug(
            "Request",
            metadata: [
                "request.id": "\(exchange.requestID)", "http.method": "\(exchange.method)",
                "http.path": "\(exchange.path)", "http.status": "\(answer?.status ?? 0)",
                "fault": "\(exchange.fault?.id ?? "")",
            ])
        guard let answer else {
            await context.dropConnection()
            return Response(status: .serviceUnavailable)  // Nobody hears it.
        }
        return exchange.response(answer)
    }

    /// A key acts for its own account, and a platform's key for the accounts that it connected.
    private func checkAccess(_ exchange: Exchange) throws(StripeFailure) {
        guard let key = exchange.key, let scope = exchange.scope else { return }
        try keys.check(key, for: scope.account, method: exchange.method, path: exchange.path)
        store.look { $0.note(key) }
        guard scope != key.scope else { return }
        guard store.look({ $0.platforms[scope] == key.scope }) else { throw .noAccess(key, to: scope.account) }
    }

    /// Nil when the connection shall end without an answer.
    private func answer(_ exchange: inout Exchange) async throws(StripeFailure) -> Answer? {
        let scope = try exchange.authenticatedScope
        let fault = faults.meet(
            method: exchange.method, path: exchange.path, scope: scope, idempotencyKey: exchange.idempotencyKey)
        exchange.fault = fault
        switch fault?.action {
        case .drop(afterActing: false): return nil
        case .status(let answer, afterActing: false, isStored: false): return Self.answer(answer, exchange)
        default: break
        }
        guard let idempotency = try exchange.idempotency else { return try await act(exchange, scope, fault, nil) }
        switch try await transact(
            in: scope, { (transaction) throws(StripeFailure) in try idempotency.begin(transaction) })
        {
        case .replay(let answer): return answer
        case .proceed:
            defer { store.look { idempotency.release($0) } }
            return try await act(exchange, scope, fault, idempotency)
        }
    }

    private func act(
        _ exchange: Exchange, _ scope: AccountScope, _ fault: Fault?, _ idempotency: Idempotency?
    ) async throws(StripeFailure) -> Answer? {
        switch fault?.action {
        case .delay(let seconds): await Pause.untilDrained(seconds: seconds)
        case .hang(let seconds, afterActing: false):
            await Pause.untilDrained(seconds: seconds)
            return nil
        default: break
        }
        let answer = try await transact(in: scope, cause: exchange.cause) { (transaction) throws(StripeFailure) in
            try perform(exchange, transaction, fault, idempotency)
        }
        switch fault?.action {
        case .drop(afterActing: true): return nil
        case .hang(let seconds, afterActing: true):
            await Pause.untilDrained(seconds: seconds)
            return nil
        case .status(let instead, _, _): return Self.answer(instead, exchange)
        default: return answer
        }
    }

    /// Runs the handler, and keeps its answer under the idempotency key in the same transaction.
    private func perform(
        _ exchange: Exchange, _ transaction: Transaction, _ fault: Fault?, _ idempotency: Idempotency?
    ) throws(StripeFailure) -> Answer {
        if case .status(let instead, let afterActing, isStored: true) = fault?.action {
            if afterActing { _ = try handle(exchange, transaction) }
            let answer = Self.answer(instead, exchange)
            idempotency?.finish(transaction, with: answer)
            return answer
        }
        do throws(StripeFailure) {
            let answer = Answer(
                status: 200, body: try handle(exchange, transaction), originalRequest: exchange.requestID)
            idempotency?.finish(transaction, with: answer)
            return answer
        } catch {
            guard error.isStored, let idempotency else { throw error }
            // What failed is taken back here, so that the answer to it can be kept.
            if !error.keepsEffects { transaction.undo() }
            let answer = Self.answer(to: error, exchange)
            idempotency.finish(transaction, with: answer)
            return answer
        }
    }

    private func handle(_ exchange: Exchange, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let (call, route) = try exchange.call(routes)
        let body = try route.handler(call, transaction)
        return try Expansion(transaction: transaction)
            .apply(call["expand"].elements.compactMap(\.string), to: body)
    }

    /// A transaction whose own troubles (a full disk) are Stripe's 500.
    private func transact<Result: Sendable>(
        in scope: AccountScope, cause: Transaction.Cause? = nil,
        _ body: @Sendable (Transaction) throws(StripeFailure) -> Result
    ) async throws(StripeFailure) -> Result {
        do {
            return try await store.transaction(in: scope, cause: cause, body)
        } catch let failure as StripeFailure {
            throw failure
        } catch {
            throw .internalError
        }
    }

    private static func answer(to failure: StripeFailure, _ exchange: Exchange) -> Answer {
        Answer(
            status: failure.status,
            body: failure.body(requestID: exchange.requestID, livemode: exchange.scope?.livemode ?? false),
            originalRequest: exchange.requestID, headers: failure.headers)
    }

    private static func answer(_ fault: FaultAnswer, _ exchange: Exchange) -> Answer {
        var answer: Answer
        switch fault.body {
        case .failure(let failure): answer = Self.answer(to: failure, exchange)
        case .text(let text): answer = Answer(status: fault.status, body: .string(text), isRaw: true)
        }
        answer.status = fault.status
        answer.headers.merge(fault.headers) { $1 }
        return answer
    }

    private static let preflight = Response(status: .noContent, headers: CrossOrigin.preflight)
}
