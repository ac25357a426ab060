/// What is done to both programs, and what both must show.
struct Scene: Sendable {
    let name: String
    let steps: [Step]

    init(_ name: String, _ steps: Step...) {
        self.name = name
        self.steps = steps.flatMap { step -> [Step] in
            if case .all(let parts) = step { return parts }
            return [step]
        }
    }
}

indirect enum Step: Sendable {
    /// The scripted server says a line; `$` is the client's nick.
    case server(String)
    /// Somebody else at a real server says a line.
    case peer(String, String)
    /// Types a text and the key Enter.
    case enter(String)
    /// Empties the window that is seen.
    case clear
    /// Types a text.
    case type(String)
    /// Presses keys, by tmux's names.
    case key(String)
    /// The terminal sends bytes.
    case bytes([UInt8])
    case resize(Int, Int)
    /// Both show this text, without colours, and then the same screen.
    case shows(String)
    /// The input line of both is this, the cursor being at `|`; and then the same screen.
    case input(String)
    /// irssi's text and the text of irssius, which are different by intent; the screens are not compared.
    case differs(String, String)
    /// Both have said this to the server, and nothing else since the last such step.
    case said([String], irssius: [String]? = nil)
    /// Both say this to the server, if they have not already.
    case heard(String)
    /// What has been said so far is of no interest.
    case forget
    /// The server is gone, and does not come back.
    case down
    /// The server leaves questions whether it is there unanswered, or answers them all.
    case deaf(Bool)
    /// Both have asked a deaf server.
    case asked
    /// So many seconds go by at once, where the programs have a clock that can be set. They see it when they next wake.
    case later(Int)
    case all([Step])
}

extension Scenes {
    /// With a server that says what it is told.
    static let scripted =
        start + messages + errors + status + keys + own + offers + manyWindows + seldom + scrolling + odd
        + ownWords + sizes + again

    static let all = time + outForAWhile + lag + settings + scripted + server
}
