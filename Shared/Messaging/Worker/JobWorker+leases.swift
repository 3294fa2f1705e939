import Logging
import Metrics

extension JobWorker {
    /// How often in each heartbeat it is seen which leases are over before the next look.
    private static let ticks = 5

    /// The heartbeat. Four renewals in a row may fail; if the fifth one does, the leases are given up.
    func keepLeases(of running: RunningJobs, _ watchdog: Watchdog) async {
        let tick = heartbeat / Self.ticks
        await withDiscardingTaskGroup { renewals in
            for count in 1... {
                try? await Task.sleep(for: tick)
                if Task.isCancelled { return }
                watchdog.beat()
                report(running.loseLeases(endingBy: .now + tick), "Lease not renewed in time; its job is stopped")
                guard count.isMultiple(of: Self.ticks) else { continue }
                lookForStuck(running)
                guard let leases = running.beginRenewal() else { continue }
                renewals.addTask {
                    await renew(leases, of: running)
                    running.endRenewal()
                }
            }
        }
    }

    private func renew(_ leases: [Lease], of running: RunningJobs) async {
        let sent = ContinuousClock.now
        do {
            let missing = try await queue.renew(leases, by: lease)
            report(running.renewed(leases, missing: missing, sent: sent), "Lease lost while its job ran")
        } catch {
            logger.warning("Leases could not be renewed", metadata: ["error": "\(error)"])
        }
    }

    private func report(_ lost: [Lease], _ message: Logger.Message) {
        for lease in lost { logger.warning(message, metadata: ["job.id": "\(lease.job)"]) }
    }

    private func lookForStuck(_ running: RunningJobs) {
        Gauge(label: "worker_places_given_up").record(running.givenUp)
        guard running.isStuck() else { return }
        logger.critical("Every running job was given up, and none of their handlers ends")
        whenStuck()
    }
}
