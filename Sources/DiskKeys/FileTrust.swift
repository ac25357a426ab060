/// What decides whether a file may hold a passphrase.
public struct FileFacts: Sendable, Equatable {
    /// Where what is written to the file ends up.
    public enum Storage: Sendable, Equatable {
        case encrypted
        /// In memory, with no swap that is not encrypted.
        case memory
        /// In memory that can be swapped out to a disk that is not encrypted.
        case swappable
        case plain
        case unknown
    }

    public var isRegular: Bool
    public var owner: UInt32
    public var permissions: UInt32
    public var links: UInt64
    public var storage: Storage

    public init(isRegular: Bool, owner: UInt32, permissions: UInt32, links: UInt64, storage: Storage) {
        self.isRegular = isRegular
        self.owner = owner
        self.permissions = permissions
        self.links = links
        self.storage = storage
    }

    /// Why it is not taken, or `nil`. `owner` is who runs the tool, which is root wherever it is installed.
    public func fault(owner expected: UInt32) -> String? {
        guard isRegular else { return "it is not a regular file" }
        guard owner == expected else { return expected == 0 ? "it is not root's" : "it is not yours" }
        guard permissions == 0o600 else { return "its mode is not 0600; others could have read it" }
        guard links == 1 else { return "it has another name, which would stay" }
        switch storage {
        case .encrypted, .memory: return nil
        case .plain: return "it lies on a disk that is not encrypted; put it below /run or type the passphrases (-)"
        case .swappable: return "it lies in memory that can be swapped to a disk that is not encrypted"
        case .unknown: return "it cannot be told whether it lies on an encrypted disk; put it below /run"
        }
    }
}
