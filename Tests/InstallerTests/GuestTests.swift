import ReleaseSupport
import SystemPackage
import Testing

@testable import Installer

@Suite("untochat-setup guest") struct GuestTests {
    @Test("only an installation that says that it is done is one; its failure comes without control characters")
    func judgement() throws {
        var progress = InstallationProgress()
        #expect(throws: SystemError.self) { try progress.judge(qemu: 0) }
        #expect(progress.receive("noise\r\nuntochat: inst".utf8).isEmpty)
        #expect(progress.receive("alled\r\n".utf8) == ["installed"])
        try progress.judge(qemu: 0)
        #expect(throws: SystemError.self) { try progress.judge(qemu: 1) }
        _ = progress.receive("untochat: FAILED: \u{1B}[31mno disk\n".utf8)
        #expect(progress.failure == "[31mno disk")
        #expect(throws: SystemError.self) { try progress.judge(qemu: 0) }
    }

    @Test("a digest is that of the very name, listed once")
    func digest() throws {
        let hex = String(repeating: "ab", count: 32)
        let line = "SHA256 (a.iso) = \(hex)\n"
        #expect(try Verification.digest(of: "a.iso", in: "# a.iso: 1 bytes\n\(line)", "C") == hex)
        for text in ["", line + line, "SHA256 (b.iso) = \(hex)", "SHA256 (a.iso) = \(hex)0"] {
            #expect(throws: SystemError.self) { try Verification.digest(of: "a.iso", in: text, "C") }
        }
    }

    @Test("a booted server is reached by this machine alone: ssh, and by VNC a screen where one is asked for")
    func boot() throws {
        let plain = try Boot(["DISKFILE=server.qcow2", "ACCEL=tcg"])
        let arguments = plain.arguments(plain.machine)
        #expect(arguments.contains("user,id=net,hostfwd=tcp:127.0.0.1:8888-:22"))
        #expect(arguments.contains("none") && !arguments.contains("VGA"))
        let shown = try Boot(["DISKFILE=server.qcow2", "ACCEL=tcg", "VNCPORT=5907", "SSHPORT=2200"])
        #expect(shown.arguments(shown.machine).contains("vnc=127.0.0.1:7"))
        #expect(shown.arguments(shown.machine).contains("user,id=net,hostfwd=tcp:127.0.0.1:2200-:22"))
        #expect(throws: Misuse.self) { try Boot(["DISKFILE=a", "VNCPORT=80"]) }
    }
}
