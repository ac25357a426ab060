import AdminSupport

/// Where things are on a server.
struct Places: Equatable {
    /// What tor reads, `*.conf`.
    var configuration = "/etc/tor/untochat.d"
    /// tor's own folder, in which the service has one.
    var data = "/var/lib/tor"
    /// Who owns `data`.
    var user = "toranon"
    var control = "/run/tor/control"
    /// Whoever can read it may use `control`.
    var cookie = "control.authcookie"
    var cookieFolder = "/run/tor"
    /// Where the sshd of chat users listens.
    var target = "127.0.0.1:2022"

    /// Of 127.0.0.1: where dnf finds tor.
    var socks: UInt16 = 9050
    var dnf = "/usr/bin/dnf"
    var rpm = "/usr/bin/rpm"
    var policyCheck = "/opt/sbin/untochat-selinux-check"

    static let service = "untochat-onion"
    static let fragment = "untochat-onion.conf"
    static let clients = "authorized_clients"
    static let secretKey = "hs_ed25519_secret_key"
    static let publicKey = "hs_ed25519_public_key"
    static let hostname = "hostname"

    /// Where things are for this run, and what else came after the program's name.
    static func read() -> (places: Places, arguments: [String]) {
        var places = Places()
        var arguments = Process.arguments
        #if !UNTOCHAT_PACKAGED
            arguments = places.take(arguments)
        #endif
        return (places, arguments)
    }

    #if !UNTOCHAT_PACKAGED
        /// For builds that are not shipped: "--place NAME=VALUE" before everything else. Gives the other arguments.
        private mutating func take(_ arguments: [String]) -> [String] {
            var rest = arguments[...]
            while rest.first == "--place" {
                rest.removeFirst()
                guard let words = rest.popFirst()?.split(separator: "=", maxSplits: 1), words.count == 2 else {
                    return ["--place"]
                }
                let value = String(words[1])
                switch words[0] {
                case "configuration": configuration = value
                case "data": data = value
                case "user": user = value
                case "control": control = value
                case "cookie-folder": cookieFolder = value
                case "target": target = value
                case "socks": socks = UInt16(value) ?? 0
                case "dnf": dnf = value
                case "rpm": rpm = value
                case "policy-check": policyCheck = value
                default: return ["--place"]
                }
            }
            return Array(rest)
        }
    #endif
}
