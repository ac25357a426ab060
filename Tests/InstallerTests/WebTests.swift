import Foundation
import IRCHarness
import ReleaseSupport
import SystemPackage
import Testing

@testable import Installer

@Suite("untochat-setup serve and find-url", .serialized) struct WebTests {
    /// A kickstart that is served while `body` runs.
    private static func serving(
        _ verb: String = "install", address: String = "127.0.0.1",
        _ body: (FilePath, Int) async throws -> Void
    ) async throws -> String {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("untochat-1.ks")
            try Files.write(try Example.kickstart() + "# stand-in: \(verb)\n", to: file, mode: .privateFile)
            let port = 20000 + Int.random(in: 0..<20000)
            let log = folder.appending("log")
            let output = open(log.string, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            let server = try LocalProgram.spawn(
                LocalProgram.built("untochat-setup"),
                ["serve", "KICKSTARTFILE=\(file)", "PORT=\(port)", "ADDRESS=\(address)"], input: nil, output: output)
            close(output)
            var ended = false
            defer {
                if !ended {
                    kill(server, SIGKILL)
                    _ = LocalProgram.wait(server)
                }
            }
            for _ in 0..<100 where try !Files.text(log).contains("serving ") {
                try await Task.sleep(for: .milliseconds(50))
            }
            try await body(file, port)
            kill(server, SIGINT)
            #expect(LocalProgram.wait(server) == 0)
            ended = true
            return try Files.text(log)
        }
    }

    private static func find(_ file: FilePath, _ port: Int, _ more: [String] = []) async throws -> Command.Outcome {
        try await Command(
            LocalProgram.built("untochat-setup"), ["find-url", "KICKSTARTFILE=\(file)", "PORT=\(port)"] + more
        ).run(.verify)
    }

    /// What the server answers to `request`.
    private static func ask(_ port: Int, _ request: String) async throws -> String {
        try await Command(
            "bash",
            ["-c", "exec 3<>/dev/tcp/127.0.0.1/$1 && printf %b \"$2\" >&3 && cat <&3", "bash", "\(port)", request]
        ).run(.verify).text
    }

    @Test("the addresses that serve the file are found by fetching it, with the address that QEMU's guests use")
    func found() async throws {
        let said = try await Self.serving { file, port in
            let outcome = try await Self.find(file, port, ["ACCEL=tcg", "ISO=/a b/Fedora.iso", "DISKFILE=x,y.qcow2"])
            #expect(outcome.succeeded, "\(outcome.errorText)")
            let lines = outcome.text.split(separator: "\n").map(String.init)
            #expect(
                lines.filter { $0.contains("serves it") } == ["serves it:     http://127.0.0.1:\(port)/untochat-1.ks"])
            #expect(lines.contains("QEMU's guests: http://10.0.2.2:\(port)/untochat-1.ks"))
            #expect(lines.contains("inst.ks=http://10.0.2.2:\(port)/untochat-1.ks inst.nosave=all_ks inst.text"))
            #expect(lines.filter { $0.hasPrefix("qemu-system-x86_64 ") }.count == 2)
            #expect(outcome.text.contains("'file=/a b/Fedora.iso,media=cdrom,readonly=on'"))
            #expect(outcome.text.contains("file=x,,y.qcow2,format=qcow2"))
            #expect(outcome.text.contains("takes our packages from a volume OEMDRV"))
            // The file is no longer what is served.
            try Files.write(try Files.text(file) + "# changed\n", to: file, mode: .privateFile)
            let changed = try await Self.find(file, port)
            #expect(changed.exitStatus == 1 && changed.text.contains("another file:  http://127.0.0.1:\(port)/"))
        }
        #expect(said.contains("serving http://127.0.0.1:") && said.hasSuffix("stopped\n"))
        #expect(!said.contains("whoever reaches"))
    }

    @Test("served at every address it is found at every address of this machine, with a warning")
    func everywhere() async throws {
        let said = try await Self.serving(address: "0.0.0.0") { file, port in
            let outcome = try await Self.find(file, port, ["ACCEL=tcg"])
            let mine = try HostAddresses.all().filter { !$0.contains(":") }
            for address in mine { #expect(outcome.text.contains("serves it:     http://\(address):\(port)/")) }
        }
        #expect(said.contains("whoever reaches 0.0.0.0 can read the kickstart"))
    }

    @Test("where nobody serves it, that is said with what to do, and with another status")
    func absent() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("x.ks")
            try Files.write("text\n", to: file)
            let outcome = try await Self.find(file, 19999)
            #expect(outcome.exitStatus == 1 && outcome.errorText.contains("port 19999: run make serve beside this"))
            for name in ["bad name.ks", "ks?.cfg", "ö.ks"] {
                #expect(throws: Misuse.self) { try Invocation(["serve", "KICKSTARTFILE=\(name)"]) }
            }
            #expect(throws: Misuse.self) { try Invocation(["serve", "KICKSTARTFILE=x.ks", "PORT=80"]) }
            let elsewhere = try await Command(
                LocalProgram.built("untochat-setup"), ["serve", "KICKSTARTFILE=\(file)", "ADDRESS=example"]
            ).run(.verify)
            #expect(elsewhere.exitStatus == 2 && elsewhere.errorText.contains("not an address of this machine"))
        }
    }

    @Test("nothing but the kickstart is given, whatever is asked, and who says nothing holds nobody up for long")
    func nothingElse() async throws {
        _ = try await Self.serving { file, port in
            let good = try await Self.ask(port, #"GET /untochat-1.ks HTTP/1.1\r\nHost: x\r\n\r\n"#)
            #expect(good.hasPrefix("HTTP/1.0 200 OK\r\n"))
            #expect(try good.hasSuffix(Files.text(file)))
            for request in [
                "GET / HTTP/1.0", "GET /log HTTP/1.0", "GET /../untochat-1.ks HTTP/1.0", "POST /untochat-1.ks HTTP/1.0",
                "GET //untochat-1.ks HTTP/1.0", "GET /untochat-1.ks", "GET /untochat-1.ks%00 HTTP/1.0",
            ] {
                let answer = try await Self.ask(port, request + #"\r\n\r\n"#)
                #expect(answer.hasPrefix("HTTP/1.0 404 ") && !answer.contains("gulls"), "\(request)")
            }
            let endless = try await Self.ask(port, "GET /" + String(repeating: "a", count: 9000))
            #expect(endless.isEmpty)
            async let silent = Self.ask(port, "")
            let outcome = try await Self.find(file, port, ["ACCEL=tcg"])
            #expect(outcome.succeeded)
            #expect(try await silent.isEmpty)
        }
    }

    @Test(
        "a guest started by the printed command gets the kickstart at the printed address",
        .enabled(if: StandIn.isWanted, "needs QEMU and Debian's kernel; `make installer` has them"))
    func inGuest() async throws {
        let standIn = try await StandIn.shared
        _ = try await Self.serving { file, port in
            let disk = file.removingLastComponent().appending("disk.qcow2")
            try await Command("qemu-img", ["create", "-q", "-f", "qcow2", disk.string, "1G"]).output(.setup)
            let printed = try await Self.find(
                file, port, ["ISO=\(standIn.image)", "DISKFILE=\(disk)", "MEMORY=512", "CPUS=1", "ACCEL=tcg"])
            let lines = printed.text.split(separator: "\n").map(String.init)
            let command = try #require(lines.first { $0.hasPrefix("qemu-system-x86_64 ") })
            let options = try #require(lines.first { $0.hasPrefix("inst.ks=") })
            // In the place of Fedora's boot menu, at which a person types.
            let menu =
                " -kernel \(standIn.kernel) -initrd \(standIn.initrd) -append '\(options) console=ttyS0'"
                + " -display none -serial stdio"
            let outcome = try await Command("timeout", ["120", "sh", "-c", command + menu]).run(.verify)
            let said = outcome.text.replacing("\r\n", with: "\n")
            let kickstart = try Files.text(file)
            #expect(said.contains("--- begin\n\(kickstart)--- end\n"), "\(said)\(outcome.errorText)")
            #expect(said.contains("untochat: installed\n"))
        }
    }
}
