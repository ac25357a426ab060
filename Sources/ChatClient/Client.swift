import IRCProtocol
public import TerminalScreen
import TerminalText

/// The chat client as a state machine: bytes of the network, keys and the passing of time in; effects and frames out.
/// It does no input or output, reads no clock and draws no random number.
///
/// There is one of it, which is never copied. Windows and channels are values that are found by name or number each time; nothing holds on to one, so nothing can
/// outlive it.
public struct Client: ~Copyable, Sendable {
    let user: User
    var settings: Settings
    var configuration: Configuration
    var calendar = Calendar()

    var now: Moment
    /// When the message at hand was said, where the server tells.
    var stamp: Int64?
    var effects: [Effect] = []
    /// How a frame would differ from the last one.
    enum Change { case nothing, inputLine, everything }
    var change = Change.everything
    /// What was made last, for the next one where only the input line differs.
    var lastFrame: Frame?
    /// Whether a frame would differ from the last one.
    public var needsPainting: Bool { change != .nothing }

    var windows: [Window] = []
    var active = 0
    /// The number of the window before; it may be closed by now.
    var previousWindow = 0
    var nextWindowID = 1
    var channels = NameTable<Channel>()
    /// Channels that the user has asked for by hand: their windows come to the front.
    var wantedChannels: [[UInt8]] = []
    /// Channels that shall share the active window.
    var sharedJoins: [[UInt8]] = []
    /// With whom there were private talks, the last first.
    var correspondents: [[UInt8]] = []

    var connection = Connection()
    var hilights: [Hilight]
    var ignores: [IgnoreRule]
    var aliases: [Alias]
    var bindings: [Binding]
    var completions: [Alias]
    var listing = Listing()

    var input = InputLine()
    var history = History()
    var completion: Completion?
    var paste: [[UInt8]] = []
    /// Pasted lines that wait for a decision.
    var isConfirmingPaste: Bool { !paste.isEmpty }

    var columns = 80
    var rows = 24
    var lastBell: Int64 = -1_000_000
    var lastCTCP: Int64 = -1_000_000
    /// Between the first and the last line about somebody.
    var isInWhois = false
    /// Whom the last /whois was for.
    var askedAbout: [UInt8] = []
    var lastDay: Int
    var lastMinute: Int64
    /// Bans that are to be taken back.
    var knockouts: [Knockout] = []
    let startedAt: Int64
    var aliasDepth = 0
    /// Away texts that have been shown.
    var shownAways = NameTable<[UInt8]>()
    var isQuitting = false

    /// A client before its start.
    public init(user: User, configuration: Configuration, at moment: Moment) {
        self.user = user
        self.configuration = configuration
        settings = configuration.settings
        hilights = configuration.hilights
        ignores = configuration.ignores
        aliases = configuration.aliases
        completions = configuration.completions
        bindings = configuration.bindings
        now = moment
        startedAt = moment.uptime
        lastDay = 0
        lastMinute = 0
        calendar.offset = Calendar.offset(settings[.timeOffset][...]) ?? 0
        lastDay = calendar.day(moment.unix)
        lastMinute = moment.unix / 60000
        connection.wantedNick = settings[.nick]
        connection.nick = settings[.nick]
        _ = makeWindow()
        windows[0].name = Array(ascii: "(status)")
        windows[0].levels = .all
    }

    /// Greets, tells what is wrong with the configuration, and connects.
    public mutating func start(at moment: Moment) -> [Effect] {
        turn(at: moment) { client in
            client.greet()
            for (file, fault) in client.configuration.faults {
                client.show(
                    notice(
                        file == .system
                            ? "Configuration of this server, line $0: $1" : "Your configuration, line $0: $1",
                        [number(fault.line), plain(fault.what)]), .clientError)
            }
            client.connect()
        }
    }

    /// Takes bytes from the server.
    public mutating func receive(_ bytes: [UInt8], at moment: Moment) -> [Effect] {
        turn(at: moment) { client in
            client.connection.splitter.append(bytes)
            client.readLines()
        }
    }

    /// Takes bytes from the server, without a copy.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, at moment: Moment) -> [Effect] {
        turn(at: moment) { client in
            client.connection.splitter.append(bytes)
            client.readLines()
        }
    }

    private mutating func readLines() {
        while let line = connection.splitter.next(tagLimit: LineSplitter.serverTagLimit) {
            guard case .complete(let bytes) = line, let message = Message(bytes) else { continue }
            stamp = message.tag("time").flatMap { Calendar.milliseconds(iso: $0) }
            handle(message)
            stamp = nil
        }
    }

    /// The connection is there.
    public mutating func connected(at moment: Moment) -> [Effect] {
        turn(at: moment) { $0.register() }
    }

    /// There is no connection, or no longer.
    public mutating func disconnected(at moment: Moment) -> [Effect] {
        turn(at: moment) { $0.connectionLost() }
    }

    /// Takes what was typed.
    public mutating func receive(_ input: Input, at moment: Moment) -> [Effect] {
        let before = change
        var onlyEdits = false
        let effects = turn(at: moment) { client in
            switch input {
            case .key(let key): onlyEdits = client.press(key)
            case .paste(let text): client.pasted(text)
            }
        }
        if onlyEdits, before != .everything { change = .inputLine }
        return effects
    }

    /// The terminal is gone, or the program is told to end.
    public mutating func leave(at moment: Moment) -> [Effect] {
        turn(at: moment) { $0.quit(Array(ascii: "leaving")) }
    }

    /// Time has passed.
    public mutating func tick(at moment: Moment) -> [Effect] {
        turn(at: moment) { $0.timePassed() }
    }

    /// The terminal has another size.
    public mutating func resize(columns: Int, rows: Int) {
        self.columns = min(max(columns, 1), 1000)
        self.rows = min(max(rows, 1), 1000)
        change = .everything
    }

    /// In how many milliseconds `tick` has something to do.
    public func millisecondsToTick(at moment: Moment) -> Int {
        // The clock in the status bar changes with the minute.
        var next = 60000 - Int(((moment.unix % 60000) + 60000) % 60000)
        for time in connection.times(settings) { next = min(next, Int(clamping: time - moment.uptime)) }
        for knockout in knockouts { next = min(next, Int(clamping: knockout.end - moment.uptime)) }
        return max(next, 0)
    }

    private mutating func turn(at moment: Moment, _ body: (inout Client) -> Void) -> [Effect] {
        now = moment
        // Whatever woke us up: a new day comes before what is said in it.
        if now.unix / 60000 != lastMinute { minutePassed() }
        body(&self)
        change = .everything
        flush()
        defer { effects = [] }
        return effects
    }

    private mutating func minutePassed() {
        lastMinute = now.unix / 60000
        let day = calendar.day(now.unix)
        if day != lastDay {
            lastDay = day
            for index in windows.indices {
                var text = StyledText("Day changed to ")
                text.append(untrusted: calendar.format(Array(ascii: "%d %b %Y"), now.unix))
                add(text, [.clientNotice, .noActivity], to: index, hasTime: false)
            }
        }
    }

    private mutating func timePassed() {
        ignores.removeAll { rule in rule.end.map { $0 <= now.uptime } ?? false }
        endKnockouts()
        connectionTimePassed()
    }

    private mutating func greet() {
        let lines: [StaticString] = [
            "Welcome. Five things to know:",
            "%_/join #name%n opens a channel; what you type there goes to everybody in it.",
            "%_/msg nick text%n speaks to one person alone.",
            "%_Alt+1, Alt+2 …%n or %_Ctrl+N%n change the window; %_PgUp%n shows what was before.",
            "%_/nick name%n changes your name; %_Tab%n completes names while you type.",
            "%_/help%n lists all commands, %_/help name%n explains one, %_/quit%n leaves.",
        ]
        for line in lines { show(event(line), .clientCrap) }
    }
}
