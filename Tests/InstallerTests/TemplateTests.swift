import Testing

@testable import Installer

@Suite("The kickstart template") struct TemplateTests {
    @Test("a hole that nothing fills and a hole that is not there are errors")
    func holes() throws {
        let text = try Example.templateText()
        #expect(throws: TemplateError.unknownHole("COLOUR")) { try KickstartTemplate(text + "@COLOUR@\n") }
        for hole in KickstartTemplate.Hole.allCases {
            let lacking = text.split(separator: "@\(hole.rawValue)@", omittingEmptySubsequences: false).joined()
            #expect(throws: TemplateError.missingHole(hole.rawValue)) { try KickstartTemplate(lacking) }
        }
    }

    @Test("what fills a hole is not looked into for holes")
    func once() throws {
        let kickstart = try Example.kickstart(passphrase: "gulls @ADMIN_HASH@ at 4 harbours of 9 seas")
        #expect(kickstart.contains("gulls @ADMIN_HASH@ at 4"))
        #expect(kickstart.split(separator: Example.hash).count == 2)
    }

    @Test("a word is quoted where the installer would read it as something else")
    func words() {
        #expect(KickstartWord.quoted("cz-qwerty") == "cz-qwerty" && KickstartWord.quoted("") == "''")
        #expect(KickstartWord.quoted("a'b") == #"'a'"'"'b'"# && KickstartWord.quoted("a#b") == "'a#b'")
    }

    @Test("with the passphrase typed at the console none is in the file, and nothing reminds of changing it")
    func console() throws {
        let kickstart = try Example.kickstart([.passphrase: "console"])
        #expect(!kickstart.contains("--passphrase=") && kickstart.contains("\npassphrase=console\n"))
        #expect(try Example.kickstart().contains("\npassphrase=kickstart\n"))
    }
}
