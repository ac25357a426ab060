import Glibc
import KVMProbe
import Testing

@testable import Installer

/// The kernel that `make boot` tries KVM with, on processors that QEMU emulates: of these it is known what they can do.
@Suite("The kernel that KVM is tried with", .enabled(if: StandIn.isWanted)) struct KVMProbeTests {
    private func isProved(processor: String) throws -> Bool {
        let kernel = try #require(KVMProbe.openKernel())
        defer { close(kernel) }
        let probe = KVMProbe(ownKernelAt: kernel)
        var said = ""
        do {
            _ = try Program(KVMProbe.program, probe.arguments(accelerator: "tcg", processor: processor)).quietly().run {
                said += String(decoding: $0, as: UTF8.self)
                if probe.isProof(said) { throw Proved() }
            }
        } catch is Proved { return true }
        return false
    }

    private struct Proved: Error {}

    @Test("runs to its end on a processor with all instructions, and on one that is twenty years old")
    func runs() throws {
        for processor in ["max", "qemu64"] { #expect(try isProved(processor: processor), "\(processor)") }
    }

    @Test("proves nothing of a processor that cannot run what Linux is made of")
    func doesNotRun() throws {
        #expect(try !isProved(processor: "qemu32"))
    }
}
