import Confinement

/// Makes a situation of the input: entries of the environment and arguments, separated by zero bytes, after a few bytes
/// for the rest. Whatever is accepted must be what a chat user's login is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSituation(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Bytes(UnsafeBufferPointer(start: data, count: size))
    guard bytes.count > 4 else { return 0 }
    let fields = bytes.dropFirst(4).split(separator: 0, omittingEmptySubsequences: false).map { Bytes($0) }

    // The first byte changes the machine, and most inputs leave it as it should be: the text is what matters.
    let uid = bytes[0] & 1 == 0 ? UInt32(1001) : UInt32(bytes[1])
    let terminal = Terminal(device: 1, inode: 2, number: 3, isControlling: bytes[0] & 2 == 0)
    var environment = Environment()
    for field in fields { environment.take(entry: field) }
    let situation = Situation(
        identity: Identity(user: uid, group: bytes[0] & 4 == 0 ? 1001 : UInt32(bytes[2])),
        selinux: bytes[0] & 8 == 0 ? .context(Bytes("untochat_u:untochat_r:untochat_t:s0")) : .context(fields[0]),
        arguments: bytes[0] & 16 == 0 ? [Bytes("-untosh")] : fields,
        terminals: [terminal, terminal, terminal], environment: environment,
        account: bytes[0] & 32 == 0
            ? Account(name: Bytes("ada"), home: Bytes("/home/ada"))
            : Account(name: environment.user.first ?? [], home: environment.home.first ?? []),
        home: FileStatus(kind: .directory, owner: 1001, permissions: bytes[0] & 64 == 0 ? 0o700 : UInt32(bytes[3])))

    let session: Session
    do throws(Refusal) {
        session = try examine(situation, for: .untosh)
    } catch {
        precondition(!error.message.isEmpty && error.message.utf8.allSatisfy { (32...126).contains($0) })
        return 0
    }
    precondition(session.uid == 1001 && situation.identity.realGroup != 0 && terminal.isControlling)
    precondition(situation.selinux == .context(Bytes("untochat_u:untochat_r:untochat_t:s0")))
    precondition(situation.arguments.count == 1)
    precondition(Variable.allCases.allSatisfy { environment[$0].count == 1 })
    precondition(session.user == situation.account?.name && session.home == situation.account?.home)
    precondition(
        [session.user, session.home, session.term, session.lang].allSatisfy { !$0.isEmpty && $0.count <= 128 })
    precondition(session.home.first == UInt8(ascii: "/") && session.home.last != UInt8(ascii: "/"))
    precondition(!(String(decoding: session.home, as: UTF8.self) + "/").contains("/../"))
    for text in [session.user, session.home, session.term, session.lang] {
        precondition(text.allSatisfy { (33...126).contains($0) && !Bytes("\"$%'();<>\\`{|}~&*?[]!#=").contains($0) })
    }
    let lang = String(decoding: session.lang, as: UTF8.self)
    precondition(lang.hasSuffix(".UTF-8") || lang.hasSuffix(".utf8"))
    precondition(situation.home?.isWritableByOthers == false)
    return 0
}
