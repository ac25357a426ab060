/// Why a program does not start. Every case has its own message, and no message repeats what the environment says: the
/// values come from outside and the messages go to a terminal and to a log.
public enum Refusal: Error, Sendable, Equatable {
    case hardening(Hardening)
    case identityUnknown

    case realUserIsRoot
    case effectiveUserIsRoot
    case savedUserIsRoot
    case realGroupIsRoot
    case effectiveGroupIsRoot
    case savedGroupIsRoot
    case inRootGroup
    case setUserID
    case setGroupID

    case selinuxDisabled
    case contextUnreadable
    case contextWrong

    case nameWrong
    case argumentsGiven

    case inputNotTerminal
    case outputNotTerminal
    case errorNotTerminal
    case differentTerminals
    case terminalNotControlling

    case missing(Variable)
    case repeated(Variable)
    case tooLong(Variable)
    case badCharacters(Variable)
    case noAccount
    case userNotAccount
    case homeNotAbsolute
    case homeNotAccount
    case homeAbsent
    case homeNotDirectory
    case homeNotOwned
    case homeWritableByOthers
    case terminalTypeUnknown
    case languageNotUTF8

    /// A step of the start that failed.
    public enum Hardening: Sendable, Equatable {
        case environment, standardDescriptors, descriptors, coreDumps, tracing, orphans
    }

    /// One line without the program's name, for standard error and for the authentication log.
    public var message: String {
        switch self {
        case .hardening(let step): step.message
        case .identityUnknown: "user and group IDs cannot be read"
        case .realUserIsRoot: "real user is root"
        case .effectiveUserIsRoot: "effective user is root"
        case .savedUserIsRoot: "saved user is root"
        case .realGroupIsRoot: "real group is root"
        case .effectiveGroupIsRoot: "effective group is root"
        case .savedGroupIsRoot: "saved group is root"
        case .inRootGroup: "user is in group root"
        case .setUserID: "program is set-user-ID"
        case .setGroupID: "program is set-group-ID"
        case .selinuxDisabled: "SELinux is not enabled"
        case .contextUnreadable: "SELinux context cannot be read"
        case .contextWrong: "SELinux context is wrong"
        case .nameWrong: "program name is wrong"
        case .argumentsGiven: "arguments are not allowed"
        case .inputNotTerminal: "standard input is not a terminal"
        case .outputNotTerminal: "standard output is not a terminal"
        case .errorNotTerminal: "standard error is not a terminal"
        case .differentTerminals: "input, output and error are not one terminal"
        case .terminalNotControlling: "terminal does not control the session"
        case .missing(let variable): text(variable) + " is missing"
        case .repeated(let variable): text(variable) + " is set twice"
        case .tooLong(let variable): text(variable) + " is too long"
        case .badCharacters(let variable): text(variable) + " has bad characters"
        case .noAccount: "user has no passwd entry"
        case .userNotAccount: "USER is not the user's name"
        case .homeNotAbsolute: "HOME is not an absolute path"
        case .homeNotAccount: "HOME is not the user's home"
        case .homeAbsent: "HOME does not exist"
        case .homeNotDirectory: "HOME is not a directory"
        case .homeNotOwned: "HOME is not owned by the user"
        case .homeWritableByOthers: "HOME is writable by others"
        case .terminalTypeUnknown: "TERM is not known"
        case .languageNotUTF8: "LANG is not a UTF-8 locale"
        }
    }

    private func text(_ variable: Variable) -> String {
        switch variable {
        case .home: "HOME"
        case .user: "USER"
        case .term: "TERM"
        case .lang: "LANG"
        }
    }
}

extension Refusal.Hardening {
    var message: String {
        switch self {
        case .environment: "environment cannot be cleared"
        case .standardDescriptors: "standard descriptors are closed"
        case .descriptors: "descriptors cannot be closed"
        case .coreDumps: "core dumps cannot be forbidden"
        case .tracing: "tracing cannot be forbidden"
        case .orphans: "orphans cannot be adopted"
        }
    }
}
