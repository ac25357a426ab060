import Confinement

/// The four things a chat user can ask for.
public enum Command: Sendable, Equatable, CaseIterable {
    case help, chat, passwd, exit

    /// What the user types.
    public var name: StaticString {
        switch self {
        case .help: "help"
        case .chat: "chat"
        case .passwd: "passwd"
        case .exit: "exit"
        }
    }

    /// The command whose name the line is, spaces around it aside. There is no other form.
    public init?(exactly line: Bytes) {
        let space = UInt8(ascii: " ")
        guard let first = line.firstIndex(where: { $0 != space }), let last = line.lastIndex(where: { $0 != space })
        else { return nil }
        for command in Command.allCases where line[first...last].elementsEqual(Bytes(command.name)) {
            self = command
            return
        }
        return nil
    }

    /// The program that a command runs.
    public var program: Program? {
        switch self {
        case .chat: Program(path: ["opt", "bin", "irssius"])
        case .passwd: Program(path: ["usr", "bin", "passwd"])
        case .help, .exit: nil
        }
    }
}

/// A program at a fixed place.
public struct Program: Sendable {
    /// The components of its path from the root directory.
    public let components: [Bytes]

    init(path: [StaticString]) {
        components = path.map { Bytes($0) }
    }

    /// With slashes.
    public var path: Bytes { components.reduce([]) { $0 + [UInt8(ascii: "/")] + $1 } }
    /// The last component, which the program gets as its only argument.
    public var name: Bytes { components.last ?? [] }
}

/// Whether a program may be run, from what was found at `/`, at each directory below it and last at the file: all of
/// it root's, and nobody else can write there.
public func isTrusted(_ found: [FileStatus]) -> Bool {
    guard found.count > 1, let file = found.last, file.kind == .regular else { return false }
    return found.allSatisfy { $0.owner == 0 && !$0.isWritableByOthers }
        && found.dropLast().allSatisfy { $0.kind == .directory }
}
