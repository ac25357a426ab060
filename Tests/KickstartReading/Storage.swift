extension Pykickstart {
    /// What a kickstart says of disks, as the installer's library has it; `nil` and 0 where it says nothing.
    public struct Storage: Decodable, Sendable {
        public var onlyUse: [String]
        public var clearsAll: Bool
        public var clearedDrives: [String]
        public var initializesLabels: Bool
        public var bootDrive: String
        public var asksForPlatformPartitions: Bool
        public var partitions: [Partition]
        public var groups: [Group]
        public var volumes: [Volume]

        public struct Partition: Decodable, Sendable {
            public var mountPoint: String
            public var fileSystem: String?
            public var sizeMiB: Int
            public var grows: Bool
            public var isEncrypted: Bool
            public var luksVersion: String?
            public var cipher: String?
            public var passphrase: String
            public var pbkdf: String?
            public var pbkdfMemoryKiB: Int
            public var pbkdfMilliseconds: Int
        }

        public struct Group: Decodable, Sendable {
            public var name: String
            public var physicalVolumes: [String]
        }

        public struct Volume: Decodable, Sendable {
            public var name: String
            public var group: String
            public var mountPoint: String
            public var fileSystem: String
            public var sizeMiB: Int
            public var grows: Bool
        }
    }
}
