public import ArgumentParser
import Foundation
public import ReleaseSupport
public import SystemPackage

/// How results are printed.
public struct OutputOptions: ParsableArguments {
    /// Whether a program reads them.
    @Flag(help: "Print the result as JSON.")
    public var json = false

    /// ArgumentParser makes it.
    public init() {}
}

/// An absolute path for what a user typed.
public func path(_ typed: String) -> FilePath {
    FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(typed)).lexicallyNormalized()
}

/// Runs `body` with a reporter of its progress. A failure is told in full: what, where, the end of its log, what to do.
public func reporting<Value>(
    named program: String = "untochat", _ body: (ProgressReporter) async throws -> Value
) async throws -> Value {
    let progress = ProgressReporter(style: .detect())
    do {
        let value = try await body(progress)
        await progress.close()
        return value
    } catch let error as ReleaseError where !Task.isCancelled {
        await progress.summary([(error.component ?? program, error)])
        throw Failed()
    } catch {
        await progress.close()
        throw error
    }
}

/// Results go to standard output; progress and complaints to standard error.
public func printResult(_ text: String) { print(text, terminator: text.hasSuffix("\n") ? "" : "\n") }
