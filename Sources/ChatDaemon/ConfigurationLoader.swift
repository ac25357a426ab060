import ChatServer

/// Reads the configuration and the files it names, at the start and again for SIGHUP.
struct ConfigurationLoader: Sendable {
    let file: String

    /// What was read.
    struct Loaded {
        var configuration: Configuration
        var texts: ServerTexts
        /// One line each, ready to be shown.
        var warnings: [String]
        /// With any of these the rest is not to be used.
        var errors: [String]
    }

    func load() -> Loaded {
        var reader = ConfigurationReader()
        var errors: [String] = []
        read(file, with: &reader, &errors)
        let folder = String(decoding: reader.includeDirectory, as: UTF8.self)
        if !folder.isEmpty {
            switch SmallFile.names(in: folder) {
            case .failure(let error): errors.append("\(folder): \(error)")
            case .success(let names):
                for name in names where name.hasSuffix(".conf") && !name.hasPrefix(".") {
                    read("\(folder)/\(name)", with: &reader, &errors)
                }
            }
        }
        let (configuration, problems) = reader.finish()
        var loaded = Loaded(configuration: configuration, texts: ServerTexts(), warnings: [], errors: errors)
        for problem in problems {
            let file = String(decoding: problem.file, as: UTF8.self)
            let text = problem.line > 0 ? "\(file), line \(problem.line): \(problem.text)" : "\(file): \(problem.text)"
            switch problem.severity {
            case .warning: loaded.warnings.append(text)
            case .error: loaded.errors.append(text)
            }
        }
        readMessageOfTheDay(into: &loaded)
        return loaded
    }

    private func read(_ path: String, with reader: inout ConfigurationReader, _ errors: inout [String]) {
        switch SmallFile.read(path) {
        case .success(let bytes): reader.read(bytes, file: Array(path.utf8))
        case .failure(let error): errors.append("\(path): \(error)")
        }
    }

    /// MotdPhrase comes first, as in ngircd. A file that cannot be read is no reason not to start.
    private func readMessageOfTheDay(into loaded: inout Loaded) {
        let global = loaded.configuration.global
        if !global.motdPhrase.isEmpty {
            loaded.texts.messageOfTheDay = [global.motdPhrase]
            return
        }
        guard !global.motdFile.isEmpty else { return }
        let path = String(decoding: global.motdFile, as: UTF8.self)
        switch SmallFile.read(path) {
        case .failure(let error): loaded.warnings.append("\(path): \(error)")
        case .success(let bytes): loaded.texts.messageOfTheDay = ConfigurationLoader.lines(of: bytes)
        }
    }

    /// Lines without their ends. What could break a line of IRC or a terminal is left out; formatting codes stay.
    static func lines(of bytes: [UInt8]) -> [[UInt8]] {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map { line in
            // 400 bytes leave room for what stands before the text.
            Array(line.prefix(400)).filter { $0 != 13 && $0 != 0 && $0 != 27 && $0 != 7 }
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
