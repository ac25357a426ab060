import CSeccomp
import Glibc

/// What the daemon may ask of the kernel once it serves: what it was measured to need (strace of every test), and
/// nothing else. What no bug but only an attack would ask for ends the process; everything else is refused with EPERM.
///
/// New sockets, new files, new programs, new threads and executable memory are not among what it needs.
package enum SystemCallFilter {
    private static let allowed: [StaticString] = [
        // Connections and what tells about them
        "accept4", "close", "getpeername", "getsockname", "getsockopt", "read", "recvfrom", "recvmsg", "sendmsg",
        "sendto",
        "setsockopt", "shutdown", "write", "writev",
        // The event loop
        "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "futex", "timerfd_settime",
        // Memory
        "brk", "madvise", "mremap", "munmap",
        // Files for a rehash; the table of accounts
        "fstat", "getdents64", "lseek", "newfstatat", "pread64", "statx",
        // Time and chance, where the vDSO does not answer
        "clock_getres", "clock_gettime", "clock_nanosleep", "getrandom", "gettimeofday", "nanosleep", "sched_yield",
        "time",
        // This process itself
        "exit", "exit_group", "getpid", "gettid", "restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
        "sigaltstack",
    ]

    private static let deadly: [StaticString] = [
        "execve", "execveat", "fork", "vfork", "clone", "clone3", "ptrace", "process_vm_readv", "process_vm_writev",
        "memfd_create", "memfd_secret", "pkey_mprotect", "init_module", "finit_module", "delete_module", "kexec_load",
        "kexec_file_load", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "mount",
        "umount2",
        "open_tree", "move_mount", "fsopen", "pivot_root", "chroot", "setns", "unshare", "add_key", "keyctl",
        "request_key",
        "open_by_handle_at", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid",
        "setfsgid",
        "setgroups", "capset", "personality", "reboot", "swapon", "iopl", "ioperm", "modify_ldt",
    ]

    private static let kill: UInt32 = 0x8000_0000  // SCMP_ACT_KILL_PROCESS
    private static let allow: UInt32 = 0x7FFF_0000  // SCMP_ACT_ALLOW
    private static let refuse: UInt32 = 0x0005_0000 | UInt32(EPERM)  // SCMP_ACT_ERRNO(EPERM)

    /// From here on, for ever.
    package static func load() throws(DaemonError) {
        guard let context = seccomp_init(refuse) else { throw DaemonError("the system call filter cannot be made") }
        defer { seccomp_release(context) }
        var status = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, kill)
        // Sorted as a tree: the calls of the event loop are found in a few steps.
        if status == 0 { status = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2) }
        func add(_ action: UInt32, _ name: StaticString, _ conditions: [scmp_arg_cmp] = []) {
            guard status == 0 else { return }
            let number = name.withUTF8Buffer { _ in
                name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount) {
                    seccomp_syscall_resolve_name($0)
                }
            }
            // A name that this libseccomp does not know yet: nothing to allow, and what is not allowed is refused.
            guard number != -1 else { return }
            status = seccomp_rule_add_array(context, action, number, UInt32(conditions.count), conditions)
        }
        for name in allowed { add(allow, name) }
        for name in deadly { add(kill, name) }
        // Memory is never executable. The third argument of both says what it is for.
        for name in ["mmap", "mprotect"] as [StaticString] {
            add(allow, name, [masked(2, UInt64(PROT_EXEC), equals: 0)])
            add(kill, name, [masked(2, UInt64(PROT_EXEC), equals: UInt64(PROT_EXEC))])
        }
        // Files are read. O_TMPFILE and O_CREAT come only with O_WRONLY or O_RDWR, or make nothing that could be
        // written.
        let writing = UInt64(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)
        add(allow, "openat", [masked(2, writing, equals: UInt64(O_RDONLY))])
        // Flags of descriptors; not who gets their signals.
        for command in [F_GETFD, F_SETFD, F_GETFL, F_SETFL] { add(allow, "fcntl", [equal(1, UInt64(command))]) }
        // abort() raises SIGABRT in this process, and no signal goes to another one.
        add(allow, "tgkill", [equal(0, UInt64(getpid()))])
        if status == 0 { status = seccomp_load(context) }
        guard status == 0 else {
            throw DaemonError("the system call filter cannot be loaded: \(SystemError(number: -status))")
        }
    }

    private static func masked(_ argument: UInt32, _ mask: UInt64, equals value: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
    }

    private static func equal(_ argument: UInt32, _ value: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
    }
}
