import CChatDaemon
import ChatDaemon
import Glibc

// What the tests of the chat daemon cannot do in their own process: be somebody else, and die.
//
//   chat-probe connect UID FAMILY WHERE   as that user connects and passes bytes between the socket and standard streams
//   chat-probe activate ADDRESS PORT PROGRAM ARGUMENT...  starts the program as systemd does with a socket unit
//   chat-probe attempt WHAT               does it under the daemon's system call filter, and says how that went
//   chat-probe unfiltered WHAT            does it without

func fail(_ text: String) -> Never {
    let line = Array("chat-probe: \(text): \(String(cString: strerror(errno)))\n".utf8)
    _ = write(2, line, line.count)
    exit(3)
}

func connected(_ family: String, _ whereTo: String) -> Int32 {
    if family == "unix" {
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: whereTo.utf8.prefix(100)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(client, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { fail("connect") }
        return client
    }
    var endpoint = chatd_endpoint()
    let address = ["ipv4": "127.0.0.1", "ipv6": "::1", "mapped": "::ffff:127.0.0.1"][family] ?? family
    guard chatd_parse_address(address, &endpoint) == 0, let port = UInt16(whereTo) else { fail("address") }
    endpoint.port = port
    let client = chatd_connect(&endpoint)
    guard client >= 0 else { fail("connect") }
    return client
}

func relay(_ client: Int32) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var polls = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: client, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&polls, 2, -1) > 0 {
        if polls[1].revents != 0 {
            let count = read(client, &buffer, buffer.count)
            guard count > 0, write(1, buffer, count) == count else { return }
        }
        if polls[0].revents != 0 {
            let count = read(0, &buffer, buffer.count)
            guard count > 0, write(client, buffer, count) == count else { return }
        }
    }
}

func attempt(_ what: String) -> Bool {
    switch what {
    case "nothing": return true
    case "exec":
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        return execv("/bin/true", &arguments) == 0
    case "thread":
        var thread = pthread_t()
        return pthread_create(&thread, nil, { _ in nil }, nil) == 0
    case "executable-memory":
        return mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
    case "become-root": return setuid(0) == 0
    case "socket": return socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) >= 0
    case "write-file": return creat("/tmp/chat-probe", 0o600) >= 0
    case "kill-other": return kill(getppid(), 0) == 0
    case "read-file": return open("/etc/passwd", O_RDONLY) >= 0
    default: return false
    }
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "connect":
    guard let uid = UInt32(arguments[2]), uid == 0 || chatd_take_user(uid, uid) == 0 else { fail("setuid") }
    relay(connected(arguments[3], arguments[4]))
case "activate":
    var endpoint = chatd_endpoint()
    guard chatd_parse_address(arguments[2], &endpoint) == 0, let port = UInt16(arguments[3]) else { fail("address") }
    endpoint.port = port
    let listener = chatd_listen(&endpoint, 16)
    guard listener >= 0, dup2(listener, 3) == 3, fcntl(3, F_SETFD, 0) == 0 else { fail("listen") }
    setenv("LISTEN_PID", String(getpid()), 1)
    setenv("LISTEN_FDS", "1", 1)
    var rest: [UnsafeMutablePointer<CChar>?] = arguments[4...].map { strdup($0) } + [nil]
    execv(arguments[4], &rest)
    fail("exec")
case "attempt":
    guard chatd_forbid_core_dumps_and_tracing() == 0 else { fail("limits") }
    try SystemCallFilter.load()
    exit(attempt(arguments[2]) ? 0 : 1)
case "unfiltered": exit(attempt(arguments[2]) ? 0 : 1)
default: fail("usage")
}
