import Messaging

/// One operation of a random sequence.
///
/// Leases and jobs are named by a number that is counted back from the newest, modulo what there is: so a sequence
/// makes sense still when some of its operations are dropped.
enum Step: Sendable {
    struct Sketch: Sendable {
        let tenant: TenantID
        let kind: JobKind
        let subject: String?
        let priority: JobPriority
        let key: String?
        let delay: Int
        let maxAttempts: Int
        let isLong: Bool
    }

    case enqueue(Sketch)
    case claim(by: Int, kinds: [JobKind], limit: Int, seconds: Int, suspects: Bool)
    case complete([Int])
    case completeWithEffects(Int)
    case retry(Int, after: Int)
    case release(Int, after: Int)
    case bury(Int)
    case renew([Int], seconds: Int)
    case advance(seconds: Int)
    case pause(LaneSelector)
    case resume(LaneSelector)
    case share(TenantID, weight: Int, limit: Int?)
    case retryDead(Int)
    case discard(Int)

    static let tenants = ["ten_a", "ten_b", "ten_c"].map { TenantID(rawValue: $0) }
    static let kinds = [JobKind("test"), JobKind("other")]

    static func random(using random: inout SplitMix) -> Step {
        let number = Int.random(in: 0..<100, using: &random)
        return switch number {
        case 0..<28: .enqueue(sketch(using: &random))
        case 28..<48:
            .claim(
                by: Int.random(in: 0..<3, using: &random), kinds: someKinds(using: &random),
                limit: Int.random(in: 1...6, using: &random), seconds: Bool.random(using: &random) ? 10 : 30,
                suspects: Int.random(in: 0..<4, using: &random) > 0)
        case 48..<54: .complete(leases(using: &random))
        case 54..<60: .completeWithEffects(lease(using: &random))
        case 60..<66: .retry(lease(using: &random), after: delay(using: &random))
        case 66..<70: .release(lease(using: &random), after: delay(using: &random))
        case 70..<74: .bury(lease(using: &random))
        case 74..<77: .renew(leases(using: &random), seconds: Int.random(in: 5...30, using: &random))
        case 77..<88: .advance(seconds: [1, 5, 10, 10, 30][Int.random(in: 0..<5, using: &random)])
        case 88..<91: .pause(lanes(using: &random))
        case 91..<94: .resume(lanes(using: &random))
        case 94..<96:
            .share(
                tenants[Int.random(in: 0..<3, using: &random)], weight: Int.random(in: 1...3, using: &random),
                limit: Bool.random(using: &random) ? Int.random(in: 1...3, using: &random) : nil)
        case 96..<98: .retryDead(Int.random(in: 0..<20, using: &random))
        default: .discard(Int.random(in: 0..<20, using: &random))
        }
    }

    private static func sketch(using random: inout SplitMix) -> Sketch {
        Sketch(
            tenant: tenants[Int.random(in: 0..<3, using: &random)], kind: kinds[Int.random(in: 0..<2, using: &random)],
            subject: Bool.random(using: &random) ? "s\(Int.random(in: 0..<2, using: &random))" : nil,
            priority: JobPriority.allCases.randomElement(using: &random) ?? .normal,
            key: Int.random(in: 0..<4, using: &random) == 0 ? "k\(Int.random(in: 0..<2, using: &random))" : nil,
            delay: Int.random(in: 0..<4, using: &random) == 0 ? 10 : 0,
            maxAttempts: Int.random(in: 1...3, using: &random), isLong: Int.random(in: 0..<8, using: &random) == 0)
    }

    private static func lease(using random: inout SplitMix) -> Int { Int.random(in: 0..<10, using: &random) }

    private static func leases(using random: inout SplitMix) -> [Int] {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in lease(using: &random) }
    }

    private static func delay(using random: inout SplitMix) -> Int {
        [0, 0, 5, 10][Int.random(in: 0..<4, using: &random)]
    }

    private static func someKinds(using random: inout SplitMix) -> [JobKind] {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: [kinds[0]]
        case 1: [kinds[1]]
        default: kinds
        }
    }

    private static func lanes(using random: inout SplitMix) -> LaneSelector {
        let tenant = Int.random(in: 0..<6, using: &random)
        let kind = Int.random(in: 0..<4, using: &random)
        return LaneSelector(
            tenant: tenants.indices.contains(tenant) ? tenants[tenant] : nil,
            kind: kinds.indices.contains(kind) ? kinds[kind] : nil)
    }
}

extension Step: CustomStringConvertible {
    var description: String {
        switch self {
        case .enqueue(let job):
            "enqueue \(job.kind) of \(job.tenant), subject \(job.subject ?? "-"), \(job.priority), key \(job.key ?? "-"), "
                + "in \(job.delay) s, at most \(job.maxAttempts) attempts\(job.isLong ? ", long" : "")"
        case .claim(let claimer, let kinds, let limit, let seconds, let suspects):
            "claimer \(claimer) claims \(limit) of \(kinds) for \(seconds) s\(suspects ? "" : ", no suspect")"
        case .complete(let leases): "complete leases \(leases)"
        case .completeWithEffects(let lease): "complete lease \(lease) in a transaction"
        case .retry(let lease, let delay): "retry lease \(lease) after \(delay) s"
        case .release(let lease, let delay): "release lease \(lease) after \(delay) s"
        case .bury(let lease): "bury lease \(lease)"
        case .renew(let leases, let seconds): "renew leases \(leases) by \(seconds) s"
        case .advance(let seconds): "\(seconds) s pass"
        case .pause(let lanes): "pause \(lanes.words)"
        case .resume(let lanes): "resume \(lanes.words)"
        case .share(let tenant, let weight, let limit):
            "\(tenant) has weight \(weight), \(limit.map { "limit \($0)" } ?? "no limit")"
        case .retryDead(let job): "operator retries job \(job)"
        case .discard(let job): "operator discards job \(job)"
        }
    }
}

extension LaneSelector {
    fileprivate var words: String { "\(kind?.rawValue ?? "all") of \(tenant?.rawValue ?? "all")" }
}
