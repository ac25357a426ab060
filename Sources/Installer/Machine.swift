import Glibc
import KVMProbe

/// QEMU's machine, for the installation and afterwards.
struct Machine: Equatable {
    let memoryMiB: Int
    let processors: Int
    /// auto, kvm or tcg.
    private(set) var accelerator: String

    static let names = ["MEMORY", "CPUS", "ACCEL"]

    /// As the settings say; `memoryMiB` where they say nothing of it.
    init(_ settings: Settings, memoryMiB: Int) throws(Misuse) {
        self.memoryMiB = try settings.number("MEMORY", in: 512...1_048_576, otherwise: memoryMiB)
        processors = try settings.number("CPUS", in: 1...64, otherwise: 2)
        accelerator = settings["ACCEL"] ?? "auto"
        guard ["auto", "kvm", "tcg"].contains(accelerator) else {
            throw Misuse("ACCEL is \(quoted(accelerator)), not auto, kvm or tcg")
        }
    }

    /// This machine with kvm or tcg in the place of auto, found out by a short boot of the file `linux`, or of a kernel of
    /// our own where there is none.
    func settled(linux: String?) throws -> Machine {
        guard accelerator == "auto" else { return self }
        var settled = self
        settled.accelerator = try Self.hasWorkingKVM(linux: linux) ? "kvm" : "tcg"
        if settled.accelerator == "tcg" { say("KVM does not work here: the guest is emulated, ten times as slow") }
        return settled
    }

    static func hasWorkingKVM(linux: String?) throws -> Bool {
        guard access(KVMProbe.device, R_OK | W_OK) == 0 else { return false }
        say("Trying KVM, for \(KVMProbe.patience) seconds at most")
        if let linux { return try proves(KVMProbe(linux: linux)) }
        guard let kernel = KVMProbe.openKernel() else { throw SystemError("memory for a kernel to try KVM with") }
        defer { close(kernel) }
        return try proves(KVMProbe(ownKernelAt: kernel))
    }

    /// Whether the machine that is probed can run a guest.
    static func proves(_ probe: KVMProbe) throws -> Bool {
        struct Proved: Error {}
        var program = Program(KVMProbe.program, probe.arguments)
        program.isQuiet = true
        var said = ""
        do {
            _ = try program.run { bytes in
                said += String(decoding: bytes, as: UTF8.self)
                if probe.isProof(said) { throw Proved() }
            }
        } catch is Proved { return true }
        return false
    }

    /// Processor, memory and disk.
    func hardware(disk: String) -> [String] {
        [
            "-machine", "q35", "-accel", accelerator, "-cpu", "max", "-m", "\(memoryMiB)", "-smp", "\(processors)",
            "-drive", Self.drive(disk, ",format=qcow2,if=virtio,discard=unmap"), "-device", "virtio-rng-pci",
        ]
    }

    /// The same with the serial line on this terminal; no window, and a screen where it has a port of 127.0.0.1 for VNC.
    func options(disk: String, screen: Int? = nil) -> [String] {
        let display = screen.map { port in
            // The tablet says where the pointer is, not how it moves.
            ["vnc=127.0.0.1:\(port - 5900)", "-device", "VGA", "-device", "qemu-xhci", "-device", "usb-tablet"]
        }
        return hardware(disk: disk) + ["-nodefaults", "-no-user-config", "-display"] + (display ?? ["none"])
            + ["-chardev", "stdio,id=console,signal=on", "-serial", "chardev:console"]
    }

    /// A network card, through which the guest reaches this machine as 10.0.2.2; `forward` of 127.0.0.1 leads to its sshd.
    static func network(forward: Int? = nil) -> [String] {
        let leading = forward.map { ",hostfwd=tcp:127.0.0.1:\($0)-:22" } ?? ""
        return ["-netdev", "user,id=net\(leading)", "-device", "virtio-net-pci,netdev=net"]
    }

    /// A comma ends a value unless it is doubled.
    static func drive(_ path: String, _ options: String) -> String {
        "file=\(path.map { $0 == "," ? ",," : String($0) }.joined())\(options)"
    }
}
