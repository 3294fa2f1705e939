import CSQLite
import Foundation
import Synchronization

/// How often anyone who has a SQLite file open called for the others: four bytes in a file beside it, mapped into every
/// process, on which their watchers sleep in a futex.
///
/// Nothing in it can go stale: it only counts up, and the kernel forgets sleepers that die. It finds sleepers by the
/// file's inode and not by process or address, so two containers of one host that share a volume wake each other.
/// As with SQLite's own `-shm`, cutting the file short under its users crashes them; removing it does not.
///
/// Unchecked: `word` is mapped from `init` to `deinit` and touched by the C functions only, which are atomic.
final class WakeCounter: @unchecked Sendable {
    private let word: UnsafeMutablePointer<UInt32>
    private let path: String
    private let device: UInt64
    private let inode: UInt64
    private let own = Atomic<UInt32>(0)

    /// Maps the file, which is made when missing, for the same users as the database itself.
    init(path: String, database: String) throws(DatabaseError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { _ = Foundation.close(descriptor) }
        var info = stat()
        guard Self.prepare(descriptor, database), fstat(descriptor, &info) == 0,
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw Self.failure(path) }
        word = memory.bindMemory(to: UInt32.self, capacity: 1)
        self.path = path
        device = UInt64(truncatingIfNeeded: info.st_dev)
        inode = UInt64(truncatingIfNeeded: info.st_ino)
    }

    deinit { munmap(word, Self.size) }

    /// Wakes every watcher.
    func ring() {
        // Counted as ours first: the other way round, a watcher that looks in between would take it for another's, and
        // then another's for ours.
        own.add(1, ordering: .sequentiallyConsistent)
        shared_counter_increment(word)
    }

    func reading() -> Reading {
        let value = shared_counter_value(word)
        return Reading(value: value, others: value &- own.load(ordering: .sequentiallyConsistent))
    }

    /// The count, and how much of it was not counted through this object: whoever rings knows of it already.
    struct Reading {
        let value: UInt32
        let others: UInt32
    }

    /// Sleeps until the count is another one than in `reading`, up to a second.
    func wait(beyond reading: Reading) { shared_counter_wait(word, reading.value, 1) }

    /// Whether the file is still the one that who comes now would open.
    var isInPlace: Bool {
        var info = stat()
        return stat(path, &info) == 0 && UInt64(truncatingIfNeeded: info.st_dev) == device
            && UInt64(truncatingIfNeeded: info.st_ino) == inode
    }

    private static let size = MemoryLayout<UInt32>.size

    /// Gives a new file its four bytes. By writing them: a hole would want its place on the disk later, at a store into
    /// the memory, which is killed if the disk is full then.
    private static func prepare(_ descriptor: Int32, _ database: String) -> Bool {
        guard flock(descriptor, LOCK_EX) == 0 else { return false }
        defer { flock(descriptor, LOCK_UN) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { return false }
        if info.st_size >= size { return true }
        var owner = stat()
        if stat(database, &owner) == 0 {
            fchmod(descriptor, owner.st_mode & 0o666)
            // An operator's command may be the first here, as root.
            if geteuid() == 0 { _ = fchown(descriptor, owner.st_uid, owner.st_gid) }
        }
        return pwrite(descriptor, [UInt8](repeating: 0, count: size), size, 0) == size
    }

    private static func failure(_ path: String) -> DatabaseError {
        let reason = String(cString: strerror(errno))
        return DatabaseError(.storage, "The file \(path) beside the database cannot be used: \(reason).")
    }
}
