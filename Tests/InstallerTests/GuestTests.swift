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
}
