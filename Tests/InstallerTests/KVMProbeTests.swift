import Glibc
import KVMProbe
import Testing

@testable import Installer

/// The kernel that `make boot` tries KVM with, on processors that QEMU emulates: of these it is known what they can do.
@Suite("The kernel that KVM is tried with", .enabled(if: StandIn.isWanted)) struct KVMProbeTests {
    private func isProved(processor: String) throws -> Bool {
        let kernel = try #require(KVMProbe.openKernel())
        defer { close(kernel) }
        return try Machine.proves(KVMProbe(ownKernelAt: kernel, accelerator: "tcg", processor: processor))
    }

    @Test("runs to its end on a processor with all instructions, and on one that is twenty years old")
    func runs() throws {
        for processor in ["max", "qemu64"] { #expect(try isProved(processor: processor), "\(processor)") }
    }

    @Test("proves nothing of a processor that cannot run what Linux is made of")
    func doesNotRun() throws {
        #expect(try !isProved(processor: "qemu32"))
    }
}
