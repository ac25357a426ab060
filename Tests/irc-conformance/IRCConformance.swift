import ArgumentParser
import Foundation
import IRCConformance
import IRCHarness

/// Runs every conformance case on one server or several and prints who passes what, as docs/irc-conformance.md has it.
@main
struct IRCConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "irc-conformance", abstract: "Try IRC servers against their specifications, case by case.")

    @Argument(help: "Programs: ngircd, ngircdus, or paths.") var servers: [String]
    @Option(help: "Only the cases with this in their section or title.") var only: String?
    @Flag(help: "Say on standard error why a case fails.") var why = false

    func run() throws {
        let programs = try servers.map { $0.contains("/") ? ServerProgram(path: $0) : try ServerProgram.find($0) }
        let cases = ConformanceCase.all.filter { only.map($0.description.contains) ?? true }
        var passed = [Int](repeating: 0, count: programs.count)
        var rows: [String] = []
        for item in cases {
            let marks = programs.enumerated().map { place, program in
                do {
                    try item.run(on: program)
                    passed[place] += 1
                    return "yes"
                } catch {
                    if why { FileHandle.standardError.write(Data("\(program.kind): \(item)\n\(error)\n\n".utf8)) }
                    return "no"
                }
            }
            let title = item.title.replacingOccurrences(of: "|", with: "\\|").replacingOccurrences(of: "*", with: "\\*")
            rows.append("| \(item.section) | \(title) | \(marks.joined(separator: " | ")) |")
        }
        let names = programs.map(\.kind.rawValue)
        print(IRCConformanceCommand.introduction)
        print("| section | case | \(names.joined(separator: " | ")) |")
        print("|---|---|\(names.map { _ in "---|" }.joined())")
        print("| | **passed of \(cases.count)** | \(passed.map { "**\($0)**" }.joined(separator: " | ")) |")
        for row in rows { print(row) }
    }

    private static let introduction = """
        # Conformance

        What the servers do of what the specifications say, each case on a freshly started server over a real socket,
        ngircdus with `Anonymous = no` and `KernelIdent = no`. Written by `irc-conformance ngircd PATH-OF-NGIRCDUS`; the
        cases are in Tests/IRCConformance.

        """
}
