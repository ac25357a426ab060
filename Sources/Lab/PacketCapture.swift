import ReleaseSupport
import SystemPackage

/// Where a machine sent something.
struct SentFrame: Hashable, Sendable {
    /// Protocol and addressee: `tcp 192.0.2.1:443`, `udp 10.0.2.3:53`, `arp 10.0.2.2`.
    let destination: String
    /// From which port, where there are ports.
    var sourcePort: UInt16?
}

/// Reads a capture of packets as QEMU's filter-dump writes it. Pure.
///
/// Source: pcap-savefile(5); RFC 791, 826, 8200.
enum PacketCapture {
    /// What the network card `address` sent, each destination once.
    ///
    /// - Throws: where it is no capture of Ethernet frames, or ends within one.
    static func sent(by address: [UInt8], in file: [UInt8]) throws -> Set<SentFrame> {
        var reader = file[...]
        guard let header = take(24, of: &reader), header.prefix(4).elementsEqual([0xd4, 0xc3, 0xb2, 0xa1]),
            little(header.dropFirst(20)) == 1
        else { throw broken("this is no capture of Ethernet frames") }
        var found: Set<SentFrame> = []
        while !reader.isEmpty {
            guard let record = take(16, of: &reader),
                let frame = take(little(record.dropFirst(8).prefix(4)), of: &reader)
            else { throw broken("the capture ends within a frame") }
            if frame.dropFirst(6).prefix(6).elementsEqual(address) { found.insert(sentFrame(frame)) }
        }
        return found
    }

    private static func sentFrame(_ frame: ArraySlice<UInt8>) -> SentFrame {
        let payload = frame.dropFirst(14)
        switch big(frame.dropFirst(12)) {
        case 0x0806 where payload.count >= 28: return SentFrame(destination: "arp \(dotted(payload.dropFirst(24)))")
        case 0x0800 where payload.count >= 20: return ipv4(payload)
        case 0x86dd where payload.count >= 40: return ipv6(payload)
        case let type: return SentFrame(destination: "Ethernet type \(String(type, radix: 16))")
        }
    }

    private static func ipv4(_ packet: ArraySlice<UInt8>) -> SentFrame {
        let octets = packet.dropFirst(9)
        // A later fragment has no ports.
        let isFirst = big(packet.dropFirst(6)) & 0x1fff == 0
        let length = Int(packet.first ?? 0) & 15 * 4
        return transport(
            octets.first ?? 0, to: dotted(packet.dropFirst(16)), isFirst ? packet.dropFirst(length) : [])
    }

    private static func ipv6(_ packet: ArraySlice<UInt8>) -> SentFrame {
        let address = stride(from: 24, to: 40, by: 2).map { String(big(packet.dropFirst($0)), radix: 16) }
        return transport(
            packet.dropFirst(6).first ?? 0, to: "[\(address.joined(separator: ":"))]", packet.dropFirst(40))
    }

    private static func transport(_ number: UInt8, to host: String, _ segment: ArraySlice<UInt8>) -> SentFrame {
        guard let name = [6: "tcp", 17: "udp"][number], segment.count >= 4 else {
            return SentFrame(destination: "IP protocol \(number) \(host)")
        }
        return SentFrame(
            destination: "\(name) \(host):\(big(segment.dropFirst(2)))", sourcePort: UInt16(big(segment)))
    }

    private static func take(_ count: Int, of bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    private static func dotted(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.prefix(4).map(String.init).joined(separator: ".")
    }

    private static func big(_ bytes: ArraySlice<UInt8>) -> Int { bytes.prefix(2).reduce(0) { $0 << 8 | Int($1) } }

    private static func little(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

extension Guest {
    /// The first that QEMU gives to a network card.
    private static let cardAddress: [UInt8] = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56]

    private var captureFile: FilePath { folder.appending("capture.pcap") }

    private var beginCapture: Machine.Order {
        Machine.Order(
            command: "object-add",
            arguments: ["qom-type": "filter-dump", "id": "capture", "netdev": "net", "file": captureFile.string])
    }

    private func endCapture() async throws {
        try await running().execute("object-del", ["id": "capture"])
    }

    /// Has QEMU write down what passes the guest's network card while `body` runs, and returns what the guest sent. Nobody
    /// in the guest can keep anything from it.
    func sent(during body: () async throws -> Void) async throws -> Set<SentFrame> {
        try Files.remove(captureFile)
        try await running().execute(beginCapture)
        return try await captured(body)
    }

    /// The same from the moment in which the guest, which is off, is switched on, until `body` has run in it.
    func sentFromPowerOn(until body: () async throws -> Void) async throws -> Set<SentFrame> {
        try Files.remove(captureFile)
        return try await captured {
            try await boot(passphrase: ReleaseImage.passphrase, first: [beginCapture])
            try await body()
        }
    }

    private func captured(_ body: () async throws -> Void) async throws -> Set<SentFrame> {
        do {
            try await body()
        } catch {
            _ = try? await endCapture()
            throw error
        }
        try await endCapture()
        return try PacketCapture.sent(by: Self.cardAddress, in: Files.read(captureFile))
    }
}
