import Foundation

/// A client with a home of its own, set up to join one channel at its start.
struct Contender {
    let name: String
    let program: String
    private let files: [String: String]
    private let arguments: [String]

    /// `%HOME` and `%PORT` stand for the folder and the server's port.
    private init(_ name: String, _ program: String, files: [String: String], arguments: [String]) {
        self.name = name
        self.program = program
        self.files = files
        self.arguments = arguments
    }

    static func irssius(_ program: String) -> Contender {
        Contender(
            "irssius", program, files: ["system.conf": "channels = ( { name = \"#test\"; autojoin = \"yes\"; } );\n"],
            arguments: ["--port", "%PORT", "--home", "%HOME", "--system", "%HOME/system.conf"])
    }

    /// As Debian has it, with nothing changed: it holds back its own commands.
    static func irssi(_ program: String) -> Contender {
        let config = """
            servers = ( { address = "127.0.0.1"; chatnet = "test"; port = "%PORT"; autoconnect = "yes"; } );
            chatnets = { test = { type = "IRC"; }; };
            channels = ( { name = "#test"; chatnet = "test"; autojoin = "yes"; } );
            settings = { core = { real_name = "ann"; user_name = "ann"; nick = "ann"; }; };
            """
        return Contender("irssi", program, files: ["config": config], arguments: ["--home=%HOME"])
    }

    /// Writes the files into a new folder and gives the arguments.
    func prepare(_ home: URL, port: UInt16) throws -> [String] {
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        func fill(_ text: String) -> String {
            text.replacingOccurrences(of: "%HOME", with: home.path).replacingOccurrences(of: "%PORT", with: "\(port)")
        }
        for (name, text) in files { try Data(fill(text).utf8).write(to: home.appending(path: name)) }
        return [name] + arguments.map(fill)
    }
}

/// What one run of one client took.
struct ClientReport: Codable {
    var connectedMilliseconds = Double.nan
    var joinedMilliseconds = Double.nan
    var idleKilobytes = Double.nan
    var visibleMilliseconds = Double.nan
    var hiddenMilliseconds = Double.nan
    var fullKilobytes = Double.nan
    var keyMedianMilliseconds = Double.nan
    var key95Milliseconds = Double.nan
    var resizeFirstMilliseconds = Double.nan
    var resizeWholeMilliseconds = Double.nan
}
