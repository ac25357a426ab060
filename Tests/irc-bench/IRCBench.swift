import ArgumentParser
import BenchmarkSupport
import Foundation
import IRCHarness

/// Measures ngircd, InspIRCd and ngircdus beside each other, in one run and with equal configurations.
@main
struct IRCBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "irc-bench",
        abstract: "Measure IRC servers beside each other.",
        discussion: """
            Starts every server anew for every measurement, limits off and nobody looked up, and takes turns: each round \
            measures all servers in one scenario before the next. Prints the medians, and how many times better \
            ngircdus is than each peer (above 1 is ahead).
            """)

    @Option(help: "The program of ngircdus; without it only the peers are measured.") var ngircdus: String?
    @Option(help: "Rounds.") var rounds = 3
    @Option(help: "Only these scenarios, as clients/channels.") var scenario: [String] = []
    @Option(help: "Only these servers.") var server: [String] = []
    @Option(help: "Seconds of messages in each way of acknowledging.") var seconds = 3.0
    @Option(help: "Seconds of silence.") var idle = 2.0
    @Option(help: "Seconds to wait for the end of one phase; a server that takes longer has no figures.")
    var patience = 240.0
    @Option(help: "Where to write every run's figures.") var json: String?

    /// Everything that was measured in one cell.
    private struct Cell: Codable {
        var server: String
        var scenario: String
        var reports: [LoadReport] = []
        var failures: [String] = []
    }

    func validate() throws {
        let names = Scenario.all.map(\.name)
        if let unknown = scenario.first(where: { !names.contains($0) }) {
            throw ValidationError("no scenario \(unknown); there are \(names.joined(separator: ", "))")
        }
    }

    func run() throws {
        var contenders = [try Contender.ngircd(), try Contender.inspircd()]
        if let ngircdus { contenders += Contender.ours(ngircdus) }
        contenders = contenders.filter { server.isEmpty || server.contains($0.name) }
        let scenarios = Scenario.all.filter { scenario.isEmpty || scenario.contains($0.name) }
        var cells = scenarios.flatMap { scenario in
            contenders.map { Cell(server: $0.name, scenario: scenario.name) }
        }
        for round in 1...max(1, rounds) {
            for scenario in scenarios {
                for contender in contenders {
                    note("round \(round) of \(rounds): \(contender.name) \(scenario.name)")
                    let trial = Trial(
                        contender: contender, scenario: scenario,
                        loadArguments: ["--seconds", "\(seconds)", "--idle", "\(idle)", "--patience", "\(patience)"])
                    let place = cells.firstIndex { $0.server == contender.name && $0.scenario == scenario.name }
                    guard let place else { continue }
                    do {
                        cells[place].reports.append(try trial.run())
                    } catch {
                        note("  no figures: \(error)")
                        cells[place].failures.append("\(error)")
                    }
                }
            }
        }
        for scenario in scenarios { show(cells.filter { $0.scenario == scenario.name }, scenario) }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(cells).write(to: URL(filePath: json))
        }
    }

    private func show(_ cells: [Cell], _ scenario: Scenario) {
        var rows = [[scenario.name] + Measure<LoadReport>.all.map(\.name)]
        for cell in cells {
            rows.append([cell.server] + Measure<LoadReport>.all.map { $0.shown($0.median(cell.reports)) })
        }
        for ours in cells where ours.server.hasPrefix("ngircdus") {
            for peer in cells where !peer.server.hasPrefix("ngircdus") {
                rows.append(
                    ["\(ours.server) : \(peer.server)"]
                        + Measure<LoadReport>.all.map { $0.ratio($0.median(ours.reports), $0.median(peer.reports)) })
            }
        }
        print(Table(rows: rows).text)
        for cell in cells { for failure in cell.failures { print("\(cell.server): \(failure)") } }
        print("")
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
