import ArgumentParser

/// The states of a job, as the queue names them.
enum JobState: String, CaseIterable, ExpressibleByArgument {
    case ready, scheduled, blocked, suspect, leased, done, dead, discarded
}
