import ArgumentParser
import EscapeMatrix
import Foundation

// By hand what the lab's tests do with the escape matrix.

struct EscapeMatrixCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escape-matrix", abstract: "Plans attempts to escape, and judges what came of them.",
        subcommands: [PlanCommand.self, JudgeCommand.self])
}

func matrix(_ file: String) throws -> Matrix {
    try Matrix(yaml: String(contentsOfFile: file, encoding: .utf8), file: file)
}

extension Trial: ExpressibleByArgument {}

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Prints what a probe is to do.",
        discussion: "Example: escape-matrix plan enforcing home=/home/silver program=/opt/bin/untosh …")

    @Option(help: "The matrix.") var file = "Tests/EscapeMatrix/matrix.yaml"
    @Option(help: "The program that is started for each attempt.") var supervising: String?
    @Argument(help: "selinux-alone, enforcing, walled, permissive or bare.") var trial: Trial
    @Argument(help: "NAME=VALUE: what a word in braces stands for.") var values: [String] = []

    func run() throws {
        let pairs = values.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }.filter { $0.count == 2 }
        let surroundings = Surroundings(Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 })
        print(try matrix(file).plan(trial, in: surroundings, supervising: supervising), terminator: "")
    }
}

struct JudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Compares what probes wrote with the matrix, and makes the table.",
        discussion: "FOLDER has a file for each: selinux-alone.untosh, enforcing.irssius and so on.")

    @Option(help: "The matrix.") var file = "Tests/EscapeMatrix/matrix.yaml"
    @Option(help: "Where to write the table.") var table: String?
    @Argument(help: "The folder with what the probes wrote.") var folder: String

    func run() throws {
        let matrix = try matrix(file)
        let runs = Trial.allCases.reduce(into: [Trial: Run]()) { runs, trial in
            let transcripts = Domain.allCases.reduce(into: [Domain: ProbeTranscript]()) { found, domain in
                let path = "\(folder)/\(trial.rawValue).\(domain)"
                guard let bytes = FileManager.default.contents(atPath: path) else { return }
                found[domain] = ProbeTranscript(String(decoding: bytes, as: UTF8.self))
            }
            if !transcripts.isEmpty { runs[trial] = Run(transcripts) }
        }
        let complaints = matrix.complaints(runs)
        for complaint in complaints { print(complaint) }
        if let table { try MatrixTable(matrix, runs).markdown.write(toFile: table, atomically: true, encoding: .utf8) }
        if !complaints.isEmpty { throw ExitCode.failure }
    }
}

EscapeMatrixCommand.main()
