import Testing

@testable import Installer

@Suite("What create-conf is asked for") struct RequestTests {
    @Test("three names are enough; the rest has its defaults, and an empty value is none")
    func defaults() throws {
        let request = try Example.request([.desktop: "", .disk: ""])
        #expect(request.desktop == .none && request.disk == "auto" && request.fill == .random)
        #expect(request.passphrase == .kickstart && request.release == .fedora45 && request.source == .network)
    }

    @Test(
        "a bad setting is named with what would be right",
        arguments: [
            (.adminUser, "", "ADMINUSER is missing"), (.adminUser, "Silver", "is no user name"),
            (.adminUser, "1silver", "is no user name"), (.adminUser, "sil ver", "is no user name"),
            (.adminUser, "silver;id", "is no user name"), (.adminUser, "-silver", "is no user name"),
            (.adminUser, "žofie", "\"\\u{17e}ofie\" is no user name"), (.adminUser, "silver\n", "is no user name"),
            (.adminUser, String(repeating: "a", count: 32), "longer than 31"), (.adminUser, "root", "of the system"),
            (.adminUser, "wheel", "of the system"), (.adminUser, "toranon", "of the system"),
            (.adminUser, "untochat-x", "of the system"), (.timeZone, "", "TIMEZONE is missing"),
            (.timeZone, "Prague", "did you mean Europe/Prague?"),
            (.timeZone, "europe/prague", "did you mean Europe/Prague?"),
            (.timeZone, "Europe/Pragu", "did you mean Europe/Prague"), (.timeZone, "CEST", "there is no time zone"),
            (.timeZone, "../../etc/passwd", "there is no time zone"),
            (.timeZone, "UTC --nontp", "there is no time zone"),
            (.timeZone, "Europe/Prague\n%post", "there is no time zone"),
            (.keymap, "czech", "there is no keymap"), (.keymap, "cz_qwerty", "did you mean cz-qwerty"),
            (.keymap, "us --xlayouts=de", "there is no keymap"), (.keymap, "US", "did you mean us"),
            (.keymap, String(repeating: "x", count: 100_000), "there is no keymap"), (.desktop, "kde", "none, xfce"),
            (.disk, "vda", "is no disk"), (.disk, "/dev/vda;reboot", "is no disk"),
            (.disk, "/dev/../etc", "is no disk"),
            (.fill, "zero", "random, discard"), (.passphrase, "none", "kickstart, console"),
            (.release, "28", "45, 44"), (.source, "ftp", "network, cdrom"), (.packages, "no", "medium, later"),
        ] as [(InstallationRequest.Setting, String, String)])
    func refused(setting: InstallationRequest.Setting, value: String, said: String) throws {
        let error = try #require(throws: RequestError.self) { try Example.request([setting: value]) }
        #expect(error.problems.count == 1)
        #expect(error.description.contains(said), "\(error)")
        #expect(error.description.allSatisfy { $0.isASCII && $0 != "\n" || $0 == "…" })
    }

    @Test("everything that is wrong is said at once")
    func all() throws {
        let error = try #require(throws: RequestError.self) {
            try Example.request([.adminUser: "Root", .timeZone: "Nowhere", .keymap: "none", .fill: "water"])
        }
        #expect(error.problems.count == 4)
    }

    @Test("every time zone of this machine's table of places is known")
    func zones() throws {
        let known = try Example.list("timezones")
        let table = try String(contentsOfFile: "/usr/share/zoneinfo/zone1970.tab", encoding: .utf8)
        let places = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: "\t")[2] }
        #expect(places.count > 300)
        #expect(places.filter { !known.contains(String($0)) }.isEmpty)
        #expect(known.contains("UTC") && known.contains("Etc/UTC") && !known.contains("Factory"))
    }

    @Test("the command line takes settings alone, each once, and never a secret")
    func commandLine() throws {
        let words = ["create-conf", "ADMINUSER=a", "KICKSTARTFILE=x.ks", "DESKTOP=", "SHARE=k"]
        guard case .createConfiguration(let options) = try Invocation(words) else {
            Issue.record("another command was read")
            return
        }
        #expect(options.settings == [.adminUser: "a"] && options.file == "x.ks" && options.share == "k")
        for bad in [
            [], ["install"], ["create-conf"], ["create-conf", "x.ks"], ["create-conf", "KICKSTARTFILE="],
            ["create-conf", "KICKSTARTFILE=x", "KICKSTARTFILE=x"], ["create-conf", "KICKSTARTFILE=x", "PASSWORD=x"],
            ["create-conf", "KICKSTARTFILE=x", "PASSPHRASEFILE=x"],
        ] { #expect(throws: Misuse.self) { try Invocation(bad) } }
        #expect(try Invocation(["--help"]) == .help)
        for setting in InstallationRequest.Setting.allCases { #expect(Invocation.helpText.contains(setting.rawValue)) }
    }
}
