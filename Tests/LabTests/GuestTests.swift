import Lab
import ReleaseSupport
import SystemPackage
import Testing

@Suite("Guest", .lab, .serialized, .timeLimit(.minutes(20)))
struct GuestTests {
    @Test("a guest enforces, runs root's commands, takes files with their labels, and changes to its disk are its own")
    func works() async throws {
        let laboratory = try await TestLaboratory.shared
        try await TemporaryFolder.with { folder in
            let file = folder.appending("program")
            try Files.write("#!/bin/sh\necho it's me\n", to: file)
            try await laboratory.withGuest(.snapshot) { guest in
                #expect(try await guest.root("getenforce") == "Enforcing\n")
                try await guest.replace("/opt/bin/untosh", by: file)
                #expect(try await guest.type(of: "/opt/bin/untosh") == "untosh_exec_t")
                #expect(try await guest.ssh("root", "exit 7").exitStatus == 7)
            }
            try await laboratory.withGuest(.snapshot) { guest in
                let start = try await guest.root("head -c 4 /opt/bin/untosh | tail -c 3")
                #expect(start == "ELF")
            }
        }
    }
}
