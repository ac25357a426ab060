import CPosix
import Confinement

/// Holds a user to one session. The kernel drops the lock with the process, so a file that is left over means nothing.
public struct SessionLock: ~Copyable {
    private let descriptor: Int32

    public enum Refusal: Error, Sendable, Equatable {
        case homeChanged(Confinement.Refusal)
        case cannotOpen
        case notRegular
        case notOwned
        case severalNames
        case taken
        case replaced

        public var message: String {
            switch self {
            case .homeChanged(let reason): reason.message
            case .cannotOpen: "lock file cannot be opened"
            case .notRegular: "lock file is not a regular file"
            case .notOwned: "lock file is not owned by the user"
            case .severalNames: "lock file has several names"
            case .taken: "already logged in"
            case .replaced: "lock file was replaced"
            }
        }
    }

    /// Whether the file may serve. Its content is of no interest.
    public static func examine(_ file: FileStatus, uid: UInt32) throws(Refusal) {
        guard file.kind == .regular else { throw .notRegular }
        guard file.owner == uid else { throw .notOwned }
        guard file.links == 1 else { throw .severalNames }
    }

    /// Takes the lock or says why not. Never waits.
    public init(for session: Session) throws(Refusal) {
        let home = cposix_open_directory(CPOSIX_WORKING_DIRECTORY, session.home.cString)
        guard home >= 0 else { throw .homeChanged(.homeAbsent) }
        defer { cposix_close(home) }
        do throws(Confinement.Refusal) {
            try examineHome(SessionLock.status(of: home), uid: session.uid)
        } catch {
            throw .homeChanged(error)
        }

        let name = Bytes("untosh_lockfile").cString
        let file = cposix_open_lock_file(home, name)
        guard file >= 0 else { throw .cannotOpen }
        do throws(Refusal) {
            let opened = SessionLock.status(of: file)
            try SessionLock.examine(opened, uid: session.uid)
            guard cposix_restrict_to_owner(file) == 0 else { throw .notOwned }
            guard cposix_lock(file) == 0 else { throw .taken }
            var named = cposix_status()
            guard cposix_status_at(home, name, &named) == 0, named.inode == opened.inode else { throw .replaced }
        } catch {
            cposix_close(file)
            throw error
        }
        descriptor = file
    }

    deinit {
        cposix_close(descriptor)
    }

    private static func status(of descriptor: Int32) -> FileStatus {
        var found = cposix_status()
        guard cposix_status(descriptor, &found) == 0 else { return FileStatus(kind: .other, owner: 0, permissions: 0) }
        return FileStatus(found)
    }
}
