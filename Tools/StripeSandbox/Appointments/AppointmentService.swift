import Logging
import ServiceLifecycle

/// Keeps appointments when they are due.
struct AppointmentService: Service {
    private let store: StateStore
    private let alarm: Alarm
    private let logger: Logger

    init(store: StateStore, logger: Logger) {
        self.store = store
        self.alarm = Alarm(store.appointments)
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                store.appointments.ring()  // for what an earlier process left
                for await _ in store.appointments.signals {
                    let now = store.clock()
                    let (due, next) = store.look { $0.dueAppointments(now: now) }
                    for address in due { await keep(address) }
                    if let next { alarm.set(next, now: now, in: &group) }
                }
                group.cancelAll()
            }
        }
    }

    private func keep(_ address: RecordAddress) async {
        do {
            try await store.transaction(in: address.scope) { (transaction) throws(StripeFailure) in
                transaction.keepAppointment(address.id)
            }
        } catch {
            // In memory it is done; the disk catches up with the next change.
            logger.error("An appointment's work was not written to disk", metadata: ["error": "\(error)"])
        }
    }
}
