import Database
import Messaging
import Testing

@Suite struct IdentifierTests {
    @Test func `a job's number reads as it is written`() {
        #expect("\(JobID(rawValue: 42))" == "job_42")
        #expect(JobID("job_42") == JobID(rawValue: 42))
        #expect(JobID("job_9223372036854775807")?.rawValue == .max)
        for text in ["", "42", "job_", "job_0", "job_-1", "job_4x", "job_ 4", "JOB_4", "job_9223372036854775808"] {
            #expect(JobID(text) == nil, "\(text)")
        }
    }

    @Test func `event ids sort by the time of their making`() {
        let ids = (0..<50).map { _ in EventID.new() }
        #expect(Set(ids).count == 50)
        #expect(ids.allSatisfy { $0.rawValue.hasPrefix("whe_") && $0.rawValue.count == 30 })
        // Ten letters of time, the rest is chance.
        let times = ids.map { $0.rawValue.prefix(14) }
        #expect(times == times.sorted())
    }
}
