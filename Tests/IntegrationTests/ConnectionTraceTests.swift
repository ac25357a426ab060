import Testing

@Suite("What a program connects to is read from its system calls")
struct ConnectionTraceTests {
    @Test("both families, name servers asked in datagrams, a local resolver and what is not understood")
    func destinations() {
        let text = #"""
            1 connect(5, {sa_family=AF_INET, sin_port=htons(9050), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS
            2 connect(5, {sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0
            3 sendto(6, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16) = 1
            4 connect(5, {sa_family=AF_UNIX, sun_path="/run/systemd/resolve/io.systemd.Resolve"}, 42) = 0
            5 connect(5, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)
            6 connect(5, {sa_family=AF_UNIX, sun_path="/tmp/S.gpg-agent"}, 110) = 0
            """#
        #expect(
            ConnectionTrace.destinations(in: text) == [
                "127.0.0.1:9050", "::1:53", "192.0.2.1:53", "/run/systemd/resolve/io.systemd.Resolve",
            ])
        let unknown = "1 connect(5, {sa_family=AF_INET, sa_data=0x1}, 16) = 0"
        #expect(ConnectionTrace.destinations(in: unknown) == [unknown])
    }
}
