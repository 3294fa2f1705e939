import Messaging

/// One operation of a random sequence.
///
/// Leases, jobs and turns of a duty are named by a number that is counted back from the newest, modulo what there is: so
/// a sequence makes sense still when some of its operations are dropped.
enum Step: Sendable {
    struct Sketch: Sendable {
        let tenant: TenantID
        let kind: JobKind
        let subject: String?
        var priority = JobPriority.normal
        var key: String?
        var delay = 0
        var maxAttempts = 25
        var isLong = false
    }

    struct Arrival: Sendable {
        let tenant: TenantID
        let number: Int
        let subject: String?
        /// Said to have happened elsewhere.
        let isKept: Bool
    }

    case enqueue(Sketch)
    case record([Arrival])
    case claim(by: Int, kinds: [JobKind], limit: Int, seconds: Int, suspects: Bool)
    case complete([Int])
    /// An event's job applies its event.
    case completeWithEffects(Int)
    case retry(Int, after: Int, isUnreachable: Bool)
    case release(Int, after: Int)
    case releaseMany([Int])
    case bury(Int)
    case renew([Int], seconds: Int)
    case advance(seconds: Int)
    case pause(LaneSelector)
    case resume(LaneSelector)
    case share(TenantID, weight: Int, limit: Int?)
    /// What is found out about a destination, which is a tenant's own or that of all tenants.
    case noAnswer(TenantID?, JobKind, times: Int)
    case answer(TenantID?, JobKind)
    case retryDead(Int)
    case discard(Int)
    case replay(TenantID?, limit: Int)
    case retention(seconds: Int)
    case takeDuty
    case keepDuty(Int)
    case finishDuty(Int)

    static let tenants = ["ten_a", "ten_b", "ten_c"].map { TenantID(rawValue: $0) }
    static let plainKinds = [kind, otherKind]
    static let kinds = plainKinds + [applyKind]
}

extension Step: CustomStringConvertible {
    var description: String {
        switch self {
        case .enqueue(let job):
            "enqueue \(job.kind) of \(job.tenant), subject \(job.subject ?? "-"), \(job.priority), key \(job.key ?? "-"), "
                + "in \(job.delay) s, at most \(job.maxAttempts) attempts\(job.isLong ? ", long" : "")"
        case .record(let events):
            "record "
                + events.map {
                    "event \($0.number) of \($0.tenant), subject \($0.subject ?? "-")\($0.isKept ? ", kept" : "")"
                }.joined(separator: "; ")
        case .claim(let claimer, let kinds, let limit, let seconds, let suspects):
            "claimer \(claimer) claims \(limit) of \(kinds) for \(seconds) s\(suspects ? "" : ", no suspect")"
        case .complete(let leases): "complete leases \(leases)"
        case .completeWithEffects(let lease): "complete lease \(lease) in a transaction"
        case .retry(let lease, let delay, let isUnreachable):
            "retry lease \(lease) after \(delay) s\(isUnreachable ? ", no answer" : "")"
        case .release(let lease, let delay): "release lease \(lease) after \(delay) s"
        case .releaseMany(let leases): "release leases \(leases)"
        case .bury(let lease): "bury lease \(lease)"
        case .renew(let leases, let seconds): "renew leases \(leases) by \(seconds) s"
        case .advance(let seconds): "\(seconds) s pass"
        case .pause(let lanes): "pause \(lanes.words)"
        case .resume(let lanes): "resume \(lanes.words)"
        case .share(let tenant, let weight, let limit):
            "\(tenant) has weight \(weight), \(limit.map { "limit \($0)" } ?? "no limit")"
        case .noAnswer(let tenant, let kind, let times):
            "\(kind) of \(tenant?.rawValue ?? "all") gets no answer \(times) times"
        case .answer(let tenant, let kind): "\(kind) of \(tenant?.rawValue ?? "all") gets an answer"
        case .retryDead(let job): "operator retries job \(job)"
        case .discard(let job): "operator discards job \(job)"
        case .replay(let tenant, let limit): "operator replays events of \(tenant?.rawValue ?? "all"), \(limit) a step"
        case .retention(let seconds): "retention removes what is older than \(seconds) s"
        case .takeDuty: "somebody wants the duty"
        case .keepDuty(let turn): "turn \(turn) keeps the duty"
        case .finishDuty(let turn): "turn \(turn) ends the duty"
        }
    }
}

extension LaneSelector {
    fileprivate var words: String { "\(kind?.rawValue ?? "all") of \(tenant?.rawValue ?? "all")" }
}
