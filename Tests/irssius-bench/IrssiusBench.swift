import ArgumentParser
import BenchmarkSupport
import Foundation

/// Measures irssius and irssi beside each other, in one run and on equal terminals.
@main
struct IrssiusBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "irssius-bench",
        abstract: "Measure the chat client beside irssi.",
        discussion: """
            Starts each client anew in every round, in turns, on a terminal of 100x30 with a server that holds the watch. \
            Prints the medians, and how many times better irssius is (above 1 is ahead).
            """)

    @Option(help: "The program of irssius, a build for development.") var irssius: String
    @Option(help: "The program of irssi.") var irssi = "/usr/bin/irssi"
    @Option(help: "Rounds.") var rounds = 5
    @Option(help: "Lines of the flood.") var lines = 20_000
    @Option(help: "Instead of comparing: so many lines without a pause to irssius, and its memory after each quarter.")
    var flood: Int?
    @Option(help: "Where to write every run's figures.") var json: String?

    static let measures: [Measure<ClientReport>] = [
        Measure("start to connected ms", 1) { $0.connectedMilliseconds },
        Measure("start to JOIN ms", 1) { $0.joinedMilliseconds },
        Measure("idle kB", 0) { $0.idleKilobytes },
        Measure("CPU ms, lines in front", 0) { $0.visibleMilliseconds },
        Measure("CPU ms, lines behind", 0) { $0.hiddenMilliseconds },
        Measure("kB after", 0) { $0.fullKilobytes },
        Measure("key p50 ms", 3) { $0.keyMedianMilliseconds },
        Measure("key p95 ms", 3) { $0.key95Milliseconds },
        Measure("resize, first byte ms", 3) { $0.resizeFirstMilliseconds },
        Measure("resize, last byte ms", 3) { $0.resizeWholeMilliseconds },
    ]

    func run() throws {
        if let flood { return try showFlood(flood) }
        let contenders = [Contender.irssius(irssius), .irssi(irssi)]
        var reports = contenders.map { _ in [ClientReport]() }
        for round in 1...max(1, rounds) {
            for (index, contender) in contenders.enumerated() {
                note("round \(round) of \(rounds): \(contender.name)")
                reports[index].append(try measure(contender))
            }
        }
        let medians = reports.map { reports in IrssiusBench.measures.map { $0.median(reports) } }
        var rows = [["", "irssius", "irssi", "irssius : irssi"]]
        for (index, measure) in IrssiusBench.measures.enumerated() {
            let (ours, peer) = (medians[0][index], medians[1][index])
            rows.append([measure.name, measure.shown(ours), measure.shown(peer), measure.ratio(ours, peer)])
        }
        print(Table(rows: rows).text)
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let named = Dictionary(uniqueKeysWithValues: zip(contenders.map(\.name), reports))
            try encoder.encode(named).write(to: URL(filePath: json))
        }
    }

    private func measure(_ contender: Contender) throws -> ClientReport {
        var report = ClientReport()
        let stage = try joined(contender)
        report.connectedMilliseconds = ((stage.connectedAt ?? .nan) - stage.startedAt) * 1000
        report.joinedMilliseconds = ((stage.joinedAt ?? .nan) - stage.startedAt) * 1000
        report.idleKilobytes = Double(try stage.measured.residentKilobytes())

        var keys: [Double] = []
        for round in 0..<104 {
            keys.append(try stage.answerTime(quiet: 0.004) { stage.type(round % 8 == 7 ? " " : "e") }.first)
        }
        keys.sort()
        report.keyMedianMilliseconds = keys[keys.count / 2]
        report.key95Milliseconds = keys[keys.count * 95 / 100]
        stage.type("\u{15}")

        report.visibleMilliseconds = try processorTime(of: stage, "front") { try blast(stage, lines) }
        var resizes: [(first: Double, whole: Double)] = []
        for round in 0..<20 {
            let columns: UInt16 = round % 2 == 0 ? 70 : 100
            resizes.append(try stage.answerTime(quiet: 0.03) { stage.resize(columns: columns, rows: 30) })
        }
        report.resizeFirstMilliseconds = resizes.map(\.first).sorted()[10]
        report.resizeWholeMilliseconds = resizes.map(\.whole).sorted()[10]

        stage.type("\u{1B}1")
        try stage.waitForSilence(seconds: 0.3)
        report.hiddenMilliseconds = try processorTime(of: stage, "behind") { try blast(stage, lines) }
        report.fullKilobytes = Double(try stage.measured.residentKilobytes())
        return report
    }

    /// A client that has joined, looks at the channel, and has done what there was to do.
    private func joined(_ contender: Contender) throws -> Stage {
        let stage = try Stage(contender)
        try stage.wait("the client to join") { stage.joinedAt != nil }
        try stage.waitForSilence(seconds: 0.5)
        stage.type("\u{1B}2")
        try stage.waitForSilence(seconds: 0.5)
        return stage
    }

    private func processorTime(of stage: Stage, _ token: String, _ act: () throws -> Void) throws -> Double {
        let before = try stage.measured.processorSeconds()
        try act()
        try stage.synchronize(token)
        try stage.waitForSilence(seconds: 0.3)
        return (try stage.measured.processorSeconds() - before) * 1000
    }

    /// Lines of 99 bytes, as somebody in the channel would say them.
    private func blast(_ stage: Stage, _ count: Int) throws {
        var piece: [UInt8] = []
        for number in 0..<count {
            let line = ":bob!u@h PRIVMSG #test :line \(number) of a conversation that takes no breath"
            piece += Array(line.padding(toLength: 97, withPad: ".", startingAt: 0).utf8) + [13, 10]
            if piece.count > 65536 || number == count - 1 {
                try stage.send(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
    }

    private func showFlood(_ count: Int) throws {
        let stage = try joined(.irssius(irssius))
        print("before: \(try stage.measured.residentKilobytes()) kB")
        for quarter in 1...4 {
            try blast(stage, count / 4)
            try stage.synchronize("q\(quarter)", seconds: 3600)
            let seconds = Int(try stage.measured.processorSeconds())
            print(
                "after \(count / 4 * quarter) lines: \(try stage.measured.residentKilobytes()) kB, \(seconds) s of CPU")
        }
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
