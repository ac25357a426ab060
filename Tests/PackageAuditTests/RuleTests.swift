import Testing

@testable import PackageAudit

@Suite("Rules on text")
struct RuleTests {
    private func finds(_ needle: LeakNeedle.Kind, _ text: String, in content: String) -> Bool {
        LeakNeedle(needle, text).firstOccurrence(in: Array(content.utf8)) != nil
    }

    @Test(
        "a name is found as a word",
        arguments: ["jo", "by jo.", "/home/jo/x", "jo@host", "jo-laptop", "a\njo\nb", "(jo)"])
    func word(content: String) { #expect(finds(.user, "jo", in: content)) }

    @Test("a name inside a word is not found", arguments: ["john", "banjo", "jo_x", "jo2", "Jo", ""])
    func partOfWord(content: String) { #expect(!finds(.user, "jo", in: content)) }

    @Test(
        "a folder is found as a path and the beginning of one",
        arguments: ["/home/jo", "/home/jo/x", "-I/home/jo/x", "a=/home/jo:", "\"/home/jo\"", "file:///home/jo"])
    func folder(content: String) { #expect(finds(.home, "/home/jo", in: content)) }

    @Test("another folder is not found", arguments: ["/home/john", "/srv/home/jo", "/home/jo-old", "/home/j"])
    func otherFolder(content: String) { #expect(!finds(.home, "/home/jo", in: content)) }

    @Test("a short name amid machine code is no find; in a string it is")
    func binary() {
        #expect(!finds(.user, "joe", in: "\u{1}\u{2}joe\u{3}\0\0"))
        #expect(finds(.user, "joe", in: "\u{1}\0joe\0\u{2}"))
        #expect(finds(.user, "joe", in: "\u{1}\0built by joe\u{2}"))
    }

    @Test("names that tell nothing are not searched for")
    func generic() {
        #expect(
            LeakNeedle.needles(
                buildFolders: ["/"], home: "/root", user: "root", host: "localhost.localdomain", timeZone: "Etc/UTC"
            ).isEmpty)
        #expect(LeakNeedle.needles(user: "jo", host: "localhost", timeZone: "UTC").isEmpty)
    }

    @Test("a host is searched for with and without its domain, a folder without its last slash")
    func needles() {
        #expect(LeakNeedle.needles(host: "tardis.example.org").map(\.text) == ["tardis.example.org", "tardis"])
        #expect(LeakNeedle.needles(buildFolders: ["/srv/factory/"]).map(\.text) == ["/srv/factory"])
    }

    @Test(
        "places of a build machine are found by pattern",
        arguments: [
            "/home/max/a", "/root/a", "/Users/max", "/builddir/build", "/tmp/x.c", "/var/tmp/rpm", "/mnt/x",
            "/srv/x/.build/debug", "/x/rpmbuild/BUILD", "/opt/swift-6/usr",
        ])
    func pattern(content: String) {
        #expect(LeakPattern.firstOccurrence(in: Array(content.utf8), outside: []) != nil)
    }

    @Test(
        "innocent text is not",
        arguments: ["/home/", "/tmp", "$HOME", "/home/%s", "/opt/bin/untosh", "/usr/lib", "at root"])
    func innocent(content: String) {
        #expect(LeakPattern.firstOccurrence(in: Array(content.utf8), outside: []) == nil)
    }

    @Test(
        "a macro that was left is found",
        arguments: [
            ("x %systemd_post a.service", "%systemd_post"), ("%{dist}", "%{dist}"), ("1%{?dist}", "%{?dist}"),
            ("%?dist", "%?dist"), ("%(id -u)", "%(id -u)"), ("/%{_unitdir}/x", "%{_unitdir}"), ("%{open", "%{open"),
            ("%%%name", "%name"),
        ])
    func macro(text: String, found: String) { #expect(MacroRule.firstMacro(in: text) == found) }

    @Test(
        "what only looks like a macro is not",
        arguments: [
            "100%", "100% free", "date +%Y-%m-%d", "printf '%s\\n'", "${name%service}", "%%post", "a%20b", "%",
            "%d.conf",
            "%1name",
        ])
    func noMacro(text: String) { #expect(MacroRule.firstMacro(in: text) == nil) }

    @Test("version nodes compare by number, and only within their name")
    func versions() throws {
        let target = try TargetCapabilities(
            yaml: """
                interpreter: /lib64/ld-linux-x86-64.so.2
                libraries: {libc.so.6: [GLIBC_2.34, GLIBC_ABI_DT_RELR], libtinfo.so.6: []}
                """, file: "rpmbuild/targets/t.yaml")
        for node in ["GLIBC_2.34", "GLIBC_2.4", "GLIBC_2.2.5", "GLIBC_ABI_DT_RELR"] {
            #expect(target.has(node, in: "libc.so.6"), "\(node)")
        }
        for node in ["GLIBC_2.35", "GLIBC_3.0", "GLIBC_2.34.1", "GLIBC_PRIVATE", "GLIBC_ABI_DT_X", "OTHER_2.3"] {
            #expect(!target.has(node, in: "libc.so.6"), "\(node)")
        }
        #expect(!target.has("NCURSES6_TINFO_5.0.19991023", in: "libtinfo.so.6"))
        #expect(!target.has("GLIBC_2.2.5", in: "libm.so.6"))
    }

    @Test("gets cannot be excused")
    func gets() {
        #expect(FortifyRule.verdict(imports: ["gets"], excused: ["gets"]).answer == .no)
        #expect(FortifyRule.verdict(imports: ["strcpy", "memcpy", "read"], excused: []).answer == .notApplicable)
        #expect(FortifyRule.verdict(imports: ["__stack_chk_fail"], excused: []).answer == .notApplicable)
    }
}
