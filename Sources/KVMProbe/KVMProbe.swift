/// Whether KVM works here: it may be there and not work, as in a machine that is a guest itself, where QEMU ends, or waits
/// for ever. Says what to run and what the answer means; runs nothing.
public struct KVMProbe: Equatable, Sendable {
    private let kernel: String?

    /// A probe by the first word of the file `kernel`, or of QEMU's own firmware where there is none.
    public init(kernel: String? = nil) { self.kernel = kernel }

    /// The device without which there is nothing to probe.
    public static let device = "/dev/kvm"

    /// What to run: timeout(1), which ends a QEMU that hangs in the kernel's hands, too.
    public static let program = "timeout"

    /// With which arguments; it reads nothing.
    public var arguments: [String] {
        let machine = [
            "-k", "1", "8", "qemu-system-x86_64", "-accel", "kvm", "-cpu", "host", "-m", "256", "-nodefaults",
            "-no-user-config", "-display", "none", "-no-reboot",
        ]
        guard let kernel else {
            // Port 0x402 is where SeaBIOS says what it does.
            return machine + ["-chardev", "stdio,id=said", "-device", "isa-debugcon,iobase=0x402,chardev=said"]
        }
        return machine + ["-kernel", kernel, "-append", "console=ttyS0 panic=-1", "-serial", "stdio"]
    }

    /// Whether what it has printed so far proves that KVM works. Where it has ended and this is false, KVM does not.
    public func isProof(_ said: String) -> Bool {
        // What String has for this brings a library along that names the machine it was compiled on.
        let (words, bytes) = (Array((kernel == nil ? "SeaBIOS (" : "Linux version").utf8), Array(said.utf8))
        return bytes.indices.contains { bytes[$0...].starts(with: words) }
    }
}
