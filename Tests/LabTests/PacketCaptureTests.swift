import ReleaseSupport
import Testing

@testable import Lab

@Suite("Packet capture")
struct PacketCaptureTests {
    private static let card: [UInt8] = [2, 0, 0, 0, 0, 1]
    private static let header: [UInt8] =
        [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8) + [0, 0, 1, 0, 1, 0, 0, 0]

    private func frame(_ type: [UInt8], _ payload: [UInt8], from card: [UInt8] = card) -> [UInt8] {
        [255, 255, 255, 255, 255, 255] + card + type + payload
    }

    private func capture(_ frames: [[UInt8]]) -> [UInt8] {
        frames.reduce(Self.header) { bytes, frame in
            let length: [UInt8] = [UInt8(frame.count & 255), UInt8(frame.count >> 8), 0, 0]
            return bytes + [UInt8](repeating: 7, count: 8) + length + length + frame
        }
    }

    private func ipv4(_ number: UInt8, to host: [UInt8], fragment: UInt8 = 0, options: Int = 0, _ rest: [UInt8])
        -> [UInt8]
    {
        [0x45 + UInt8(options), 0, 0, 0, 0, 0, 0, fragment, 64, number, 0, 0, 10, 0, 2, 15] + host
            + [UInt8](repeating: 9, count: options * 4) + rest
    }

    private func destinations(_ frames: [[UInt8]]) throws -> [String] {
        try PacketCapture.sent(by: Self.card, in: capture(frames)).map(\.destination).sorted()
    }

    @Test("a packet is named by its protocol, addressee and port, with and without options")
    func named() throws {
        let ports: [UInt8] = [0, 22, 1, 187]
        let sent = try PacketCapture.sent(
            by: Self.card, in: capture([frame([8, 0], ipv4(6, to: [192, 0, 2, 1], ports))]))
        #expect(sent == [SentFrame(destination: "tcp 192.0.2.1:443", sourcePort: 22)])
        #expect(
            try destinations([frame([8, 0], ipv4(17, to: [10, 0, 2, 3], options: 2, [4, 0, 0, 53]))]) == [
                "udp 10.0.2.3:53"
            ])
    }

    @Test("what has no ports is named as well, so nothing passes unseen")
    func others() throws {
        let arp = [UInt8](repeating: 0, count: 24) + [10, 0, 2, 2]
        let six: [UInt8] =
            [0x60, 0, 0, 0, 0, 4, 17, 1] + [UInt8](repeating: 0, count: 16) + [0xfd, 0x99]
            + [UInt8](repeating: 0, count: 13)
            + [2] + [1, 1, 0, 53]
        #expect(
            try destinations([
                frame([8, 6], arp), frame([8, 0], ipv4(1, to: [1, 2, 3, 4], [8, 0, 0, 0])),
                frame([8, 0], ipv4(17, to: [1, 2, 3, 5], fragment: 4, [0, 1, 0, 53])), frame([0x86, 0xdd], six),
                frame([0x88, 0xcc], [1]), frame([8, 0], [0x45]),
            ]) == [
                "Ethernet type 800", "Ethernet type 88cc", "IP protocol 1 1.2.3.4", "IP protocol 17 1.2.3.5",
                "arp 10.0.2.2", "udp [fd99:0:0:0:0:0:0:2]:53",
            ])
    }

    @Test("what others sent does not count")
    func received() throws {
        #expect(try destinations([frame([8, 6], [UInt8](repeating: 0, count: 28), from: [2, 0, 0, 0, 0, 2])]) == [])
    }

    @Test("a file that is cut off or is something else is refused")
    func refused() {
        let whole = capture([frame([8, 0], ipv4(6, to: [1, 2, 3, 4], [0, 1, 0, 2]))])
        for bytes in [[], Array("hello, hello, hello, hello".utf8), Array(whole.dropLast()), Array(whole.prefix(30))] {
            #expect(throws: ReleaseError.self) { try PacketCapture.sent(by: Self.card, in: bytes) }
        }
    }
}
