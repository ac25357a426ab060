import AdminSupport
import CAdminTools
import CPosix
import DiskKeys

/// Where passphrases come from: a file, or a terminal.
struct PassphraseSource {
    let process: Process

    /// Why there are none, for the user.
    struct Fault: Error { let text: String }

    /// What is asked at a terminal, in the order of the file's lines.
    private static let questions = [
        "Passphrase that opens the disks now: ", "New passphrase: ", "New passphrase, again: ",
    ]

    func typed(_ wanted: Int) throws(Fault) -> Passphrases {
        guard let memory = LockedMemory(count: PassphraseLines.readLimit) else { throw Fault(text: "no locked memory") }
        var lines: [Range<Int>] = []
        var used = 0
        for number in 0..<wanted {
            let question = wanted == 1 ? "Passphrase to remove: " : PassphraseSource.questions[number]
            let count = cadmin_ask(question, process.signals, memory.bytes + used, PassphraseLines.limit)
            switch count {
            case Int(CADMIN_NO_TERMINAL): throw Fault(text: "standard input is not a terminal")
            case Int(CADMIN_INTERRUPTED): throw Fault(text: "interrupted; nothing was changed")
            case Int(CADMIN_TOO_LONG): throw Fault(text: "longer than " + String(PassphraseLines.limit) + " bytes")
            case ...0: throw Fault(text: "nothing was typed")
            default: break
            }
            lines.append(used..<used + count)
            used += count
        }
        return Passphrases(memory, lines)
    }

    /// Reads a file that nobody else could have read.
    func read(_ path: String, _ wanted: Int) throws(Fault) -> Passphrases {
        let descriptor = cadmin_open_secret(path)
        guard descriptor >= 0 else { throw Fault(text: path + ": " + String(cString: cadmin_error(descriptor))) }
        defer { cposix_close(descriptor) }
        guard let facts = FileFacts(descriptor: descriptor) else { throw Fault(text: path + ": cannot be examined") }
        if let fault = facts.fault(owner: process.user) { throw Fault(text: path + ": " + fault) }
        guard let memory = LockedMemory(count: PassphraseLines.readLimit) else { throw Fault(text: "no locked memory") }
        var count = 0
        while count < memory.count {
            let got = cposix_read(descriptor, memory.bytes + count, memory.count - count)
            guard got >= 0 else { throw Fault(text: path + ": cannot be read") }
            if got == 0 { break }
            count += got
        }
        do throws(PassphraseLines.Fault) {
            let text = UnsafeBufferPointer(start: UnsafePointer(memory.bytes), count: count)
            return Passphrases(memory, try PassphraseLines.find(wanted, in: text))
        } catch {
            throw Fault(text: path + ": " + error.message)
        }
    }

    /// Overwrites the file and takes its name away.
    func destroy(_ path: String) -> Bool {
        let descriptor = cadmin_open_secret(path)
        guard descriptor >= 0 else { return false }
        defer { cposix_close(descriptor) }
        var facts = cadmin_facts()
        return cadmin_facts(descriptor, &facts) == 0 && facts.kind == CADMIN_REGULAR.rawValue
            && cadmin_destroy_file(descriptor, path, facts.size) == 0
    }
}

/// Passphrases in the memory that they were read into.
struct Passphrases {
    private let memory: LockedMemory
    private let lines: [Range<Int>]

    init(_ memory: LockedMemory, _ lines: [Range<Int>]) {
        self.memory = memory
        self.lines = lines
    }

    func bytes(_ line: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: UnsafePointer(memory.bytes) + lines[line].lowerBound, count: lines[line].count)
    }

    func secret(_ line: Int) -> Secret? { Secret(copying: lines[line], of: memory) }
}
