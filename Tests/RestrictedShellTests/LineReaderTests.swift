import Confinement
import Testing

@testable import RestrictedShell

private func read(_ bytes: Bytes) -> [LineReader.Event] {
    var reader = LineReader()
    return bytes.compactMap { reader.receive($0) }
}

@Suite struct LineReaderTests {
    @Test("lines end at newlines, and an unfinished line is none")
    func lines() {
        #expect(read(Bytes("help\n\nexit\nchat")) == [.line(Bytes("help")), .line([]), .line(Bytes("exit"))])
    }

    @Test("128 bytes are a line, more are refused at the line's end and not before")
    func limit() {
        let full = Bytes(repeating: 0x61, count: 128)
        #expect(read(full + [10]) == [.line(full)])
        #expect(read(full + [0x61]) == [])
        #expect(read(full + [0x61, 10]) == [.refused(.tooLong)])
    }

    @Test("what follows in a refused line is not a new line")
    func noRestart() {
        let long = Bytes(repeating: 0x61, count: 1 << 20)
        #expect(read(long + Bytes("exit") + [10] + Bytes("help\n")) == [.refused(.tooLong), .line(Bytes("help"))])
        #expect(read([0] + Bytes("exit\n")) == [.refused(.controlCharacter)])
    }

    @Test("every control character spoils its line; every other byte is kept as it is")
    func everyByte() {
        for byte in UInt8.min...UInt8.max where byte != 10 {
            let isControl = byte < 32 || byte == 127
            #expect(read([0x61, byte, 10]) == [isControl ? .refused(.controlCharacter) : .line([0x61, byte])])
        }
    }

    @Test("random bytes give one event for each newline, and no line that is long or has control characters")
    func random() {
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0..<600)).map { _ in UInt8.random(in: 0...255) }
            let events = read(bytes)
            #expect(events.count == bytes.filter { $0 == 10 }.count)
            for case .line(let line) in events {
                #expect(line.count <= 128 && line.allSatisfy { $0 >= 32 && $0 != 127 })
            }
        }
    }
}

@Suite struct CommandTests {
    @Test("a command is its name, with spaces around it or not")
    func names() {
        for command in Command.allCases {
            let name = Bytes(command.name)
            for line in [name, [32] + name, name + [32, 32], [32, 32] + name + [32]] {
                #expect(Command(exactly: line) == command)
            }
        }
        #expect(Command.allCases.count == 4)
    }

    @Test("a name with any one byte changed, added or taken away is no command")
    func nothingElse() {
        for command in Command.allCases {
            let name = Bytes(command.name)
            for index in name.indices {
                var shorter = name
                shorter.remove(at: index)
                #expect(Command(exactly: shorter) == nil)
                for byte in UInt8.min...UInt8.max where byte != name[index] {
                    var other = name
                    other[index] = byte
                    #expect(Command(exactly: other) == nil)
                }
            }
            for index in 0...name.count {
                for byte in UInt8.min...UInt8.max where !(byte == 32 && (index == 0 || index == name.count)) {
                    var longer = name
                    longer.insert(byte, at: index)
                    #expect(Command(exactly: longer) == nil)
                }
            }
        }
        #expect(Command(exactly: []) == nil && Command(exactly: [32, 32]) == nil)
    }

    @Test("two commands run a program, each at its place")
    func programs() {
        #expect(Command.chat.program?.path == Bytes("/opt/bin/irssius"))
        #expect(Command.passwd.program?.path == Bytes("/usr/bin/passwd"))
        #expect(Command.help.program == nil && Command.exit.program == nil)
    }

    @Test("a program is trusted when all of its path is root's and nobody else writes there; each violation counts")
    func trust() {
        let directory = FileStatus(kind: .directory, owner: 0, permissions: 0o755)
        let file = FileStatus(kind: .regular, owner: 0, permissions: 0o4755)
        let good = [directory, directory, file]
        #expect(isTrusted(good))
        #expect(!isTrusted([]) && !isTrusted([file]) && !isTrusted([directory, directory]))
        #expect(!isTrusted([directory, file, file]) && !isTrusted([file, directory]))
        for index in good.indices {
            for change: (inout FileStatus) -> Void in [
                { $0.owner = 1001 }, { $0.permissions |= 0o020 }, { $0.permissions |= 0o002 }, { $0.kind = .other },
                { $0.permissions = 0o1777 },
            ] {
                var bad = good
                change(&bad[index])
                #expect(!isTrusted(bad))
            }
        }
    }

    @Test("a lock file is a regular file of the user with one name")
    func lockFile() throws {
        let good = FileStatus(kind: .regular, owner: 1001, permissions: 0o600)
        try SessionLock.examine(good, uid: 1001)
        var bad = good
        bad.kind = .other
        #expect(throws: SessionLock.Refusal.notRegular) { try SessionLock.examine(bad, uid: 1001) }
        #expect(throws: SessionLock.Refusal.notOwned) { try SessionLock.examine(good, uid: 1002) }
        bad = good
        bad.links = 2
        #expect(throws: SessionLock.Refusal.severalNames) { try SessionLock.examine(bad, uid: 1001) }
    }
}
