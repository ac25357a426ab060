import CKVMProbe

/// Whether KVM works here: it may be there and not work, as in a machine that is a guest itself, where QEMU ends, or waits
/// for ever. Says what to run and what the answer means; runs nothing.
public struct KVMProbe: Equatable, Sendable {
    private let kernel: String
    /// What proves it, on standard output.
    private let words: [UInt8]
    private let devices: [String]
    /// QEMU's accelerator and processor.
    private let machine: [String]

    /// A probe by the first words of a Linux kernel.
    public init(linux file: String) {
        kernel = file
        words = Array("Linux version".utf8)
        devices = ["-append", "console=ttyS0 panic=-1", "-serial", "stdio"]
        machine = ["-accel", "kvm", "-cpu", "host"]
    }

    /// A probe by a small kernel of our own, which a descriptor that QEMU inherits must be open at; see `openKernel`.
    /// Another accelerator and processor, of which it is known what they can do, try the kernel itself.
    public init(ownKernelAt descriptor: Int32, accelerator: String = "kvm", processor: String = "host") {
        kernel = "/proc/self/fd/\(descriptor)"
        words = Array(CKVMPROBE_WORDS.utf8)
        devices = ["-chardev", "stdio,id=said", "-device", "isa-debugcon,iobase=0xe9,chardev=said"]
        machine = ["-accel", accelerator, "-cpu", processor]
    }

    /// Opens that kernel; nil, and errno, where that cannot be done. Every program that is started inherits it.
    public static func openKernel() -> Int32? {
        let descriptor = ckvmprobe_open()
        return descriptor >= 0 ? descriptor : nil
    }

    /// The device without which there is nothing to probe.
    public static let device = "/dev/kvm"

    /// How long a probe may take, in seconds.
    public static let patience = 8

    /// What to run: timeout(1), which ends a QEMU that hangs in the kernel's hands, too.
    public static let program = "timeout"

    /// With which arguments; it reads nothing.
    public var arguments: [String] {
        ["-k", "1", "\(Self.patience)", "qemu-system-x86_64"] + machine + [
            "-m", "256", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-kernel", kernel,
        ] + devices
    }

    /// Whether what it has printed so far proves that KVM works. Where it has ended and this is false, KVM does not.
    public func isProof(_ said: String) -> Bool {
        // What String has for this brings a library along that names the machine it was compiled on.
        let bytes = Array(said.utf8)
        return bytes.indices.contains { bytes[$0...].starts(with: words) }
    }
}
