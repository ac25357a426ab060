/// What an audit knows beside the package: the more the caller knows, the more is checked.
public struct AuditPolicy: Sendable {
    /// What `specs/NAME.yaml` declares. A stranger who has no sources has none.
    public var component: ComponentDeclaration?
    /// What the target distribution has.
    public var target: TargetCapabilities?
    /// What must not be found anywhere: see `LeakNeedle.needles`.
    public var needles: [LeakNeedle]
    /// Folders that are the same for everyone who builds and so tell nothing, for example the fixed path at which
    /// every build takes place. They are exempt from the patterns, not from `needles`.
    public var neutralFolders: [String]
    /// Seconds since 1970 that BUILDTIME must say, and that no file may be newer than.
    public var buildTime: Int?

    /// A policy; without arguments it holds what a stranger can check.
    public init(
        component: ComponentDeclaration? = nil, target: TargetCapabilities? = nil, needles: [LeakNeedle] = [],
        neutralFolders: [String] = [], buildTime: Int? = nil
    ) {
        self.component = component
        self.target = target
        self.needles = needles
        self.neutralFolders = neutralFolders
        self.buildTime = buildTime
    }
}
