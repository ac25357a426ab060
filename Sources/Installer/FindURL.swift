import Glibc

/// The command find-url: at which addresses of this machine the kickstart is served, seen by fetching it; and the two
/// commands of QEMU for those who type at the boot prompt.
public struct FindURL: Equatable, Sendable {
    let place: WebPlace
    let image: String
    let disk: String
    let machine: Machine

    static let names = WebPlace.names + ["ISO", "DISKFILE"]

    init(_ words: [String]) throws(Misuse) {
        let settings = try Settings(words, known: Self.names + Machine.names)
        place = try WebPlace(settings)
        image = settings["ISO"] ?? "Fedora.iso"
        disk = settings["DISKFILE"] ?? "server.qcow2"
        machine = try Machine(settings, memoryMiB: 4096)
    }

    /// Says where the kickstart is, and how to boot by it.
    public func run() throws {
        let text = try SecretFile.text(place.file)
        var found: [String] = []
        for host in try HostAddresses.all() {
            guard let said = try fetch(from: host) else { continue }
            let isOurs = said == Array(text.utf8)
            say("\(isOurs ? "serves it:    " : "another file: ") \(place.url(at: host))")
            if isOurs { found.append(host) }
        }
        guard !found.isEmpty else {
            throw SystemError(
                plain:
                    "no address of this machine serves \(place.file) at port \(place.port): run make serve beside this")
        }
        let isForGuests = found.contains("127.0.0.1")
        let url = place.url(at: isForGuests ? WebPlace.hostOfGuests : found[0])
        if isForGuests { say("QEMU's guests: \(url)") }
        try say(instructions(url, needsVolume: text.split(separator: "\n" as Character).contains("packages=medium")))
    }

    /// What to copy.
    func instructions(_ url: String, needsVolume: Bool) throws -> String {
        let settled = try machine.settled(linux: nil)
        let image = [
            "-drive", Machine.drive(image, ",media=cdrom,readonly=on"), "-boot", "once=d",
        ]
        let install = settled.hardware(disk: disk) + Machine.network() + image + ["-no-reboot"]
        let boot = settled.hardware(disk: disk) + Machine.network(forward: 8888)
        return """

            To install, after `qemu-img create -f qcow2 \(Self.word(disk)) 20G`:

            \(Self.line("qemu-system-x86_64", install))

            At its menu press e, and add to the line that begins with linux:

            inst.ks=\(url) inst.nosave=all_ks inst.text
            \(needsVolume ? "\nThis kickstart takes our packages from a volume OEMDRV: attach one as well (README).\n" : "")
            Afterwards, to start it:

            \(Self.line("qemu-system-x86_64", boot))
            """
    }

    private static func line(_ program: String, _ arguments: [String]) -> String {
        ([program] + arguments).map(word).joined(separator: " ")
    }

    /// `text` as one word of a shell.
    static func word(_ text: String) -> String {
        let plain = text.utf8.allSatisfy {
            (48...57).contains($0) || (64...90).contains($0) || (97...122).contains($0)
                || Array("-_=+,./:%".utf8).contains($0)
        }
        if plain, !text.isEmpty { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// What is served at `host`; nil where nothing is.
    private func fetch(from host: String) throws -> [UInt8]? {
        guard let server = try WebSocketAddress.resolve(host, place.port, isServer: false).connect() else { return nil }
        defer { close(server) }
        guard WebSocketAddress.send(server, Array("GET /\(place.name) HTTP/1.0\r\n\r\n".utf8)) else { return nil }
        var bytes: [UInt8] = []
        while bytes.count < WebPlace.limitBytes {
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(server, &chunk, chunk.count, 0)
            if count == 0 { break }
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
        return Self.content(of: bytes)
    }

    /// What follows the header of an answer that says 200.
    static func content(of answer: [UInt8]) -> [UInt8]? {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard answer.starts(with: Array("HTTP/1.".utf8)), answer.count > 12, answer[9..<12].elementsEqual("200".utf8),
            let end = answer.indices.first(where: { answer[$0...].starts(with: blank) })
        else { return nil }
        return Array(answer[(end + blank.count)...])
    }
}

/// The addresses of this machine's network cards, the loopback among them.
enum HostAddresses {
    static func all() throws -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { throw SystemError("the addresses of this machine") }
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let card = next {
            next = card.pointee.ifa_next
            guard let address = card.pointee.ifa_addr else { continue }
            let family = Int32(address.pointee.sa_family)
            let size = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
            guard family == AF_INET || family == AF_INET6 else { continue }
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard getnameinfo(address, socklen_t(size), &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
            else {
                continue
            }
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // An address of one link alone, fe80::1%eth0, is none for a boot line.
            if !text.contains("%"), !found.contains(text) { found.append(text) }
        }
        return found
    }
}
