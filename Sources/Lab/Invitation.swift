extension Guest {
    /// How a person reaches the guest, as commands to copy.
    public var invitation: String {
        let ssh = { (user: String) in
            "ssh "
                + self.shell.arguments(user, "", terminal: true, isShared: false).map(Self.quotedWhereNeeded)
                .joined(separator: " ")
        }
        return """
            root     \(ssh("root"))
            silver   \(ssh("silver"))
            gold     \(ssh("gold"))
            console  socat -,rawer,escape=0x1d UNIX-CONNECT:\(folder)/console
            log      \(folder)/console.log
            screen   \(display.map { "VNC at 127.0.0.1:\(5900 + $0)" } ?? "none")
            """
    }

    static func quotedWhereNeeded(_ word: String) -> String {
        word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=@:".contains($0) } ? word : quoted(word)
    }
}
