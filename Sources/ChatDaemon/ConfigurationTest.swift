import ChatServer
import Glibc

/// What --configtest does: reads the configuration, says what is wrong with it, and shows it as ngircd's does, in the
/// format that it was read in.
public enum ConfigurationTest {
    /// Whether the daemon would start with it.
    public static func run(_ file: String) -> Bool {
        let loaded = ConfigurationLoader(file: file).load()
        print(Daemon.nameAndVersion)
        print("Reading configuration from \"\(file)\" ..")
        for text in loaded.warnings { print("warning: \(text)") }
        var errors = loaded.errors
        do throws(DaemonError) {
            _ = try Listeners.places(loaded.configuration)
        } catch {
            errors.append("\(error)")
        }
        for text in errors { print("error: \(text)") }
        guard errors.isEmpty else {
            print("The configuration cannot be used.")
            return false
        }
        print("OK.\n")
        print(dump(loaded.configuration), terminator: "")
        return true
    }

    /// The configuration as text. Passwords are not shown: such a text is what people send when they ask for help.
    static func dump(_ configuration: Configuration) -> String {
        var text = ""
        func section(_ name: String) { text += text.isEmpty ? "[\(name)]\n" : "\n[\(name)]\n" }
        func line(_ name: String, _ value: some CustomStringConvertible) { text += "  \(name) = \(value)\n" }
        func line(_ name: String, bytes: [UInt8]) { line(name, String(decoding: bytes, as: UTF8.self)) }
        func line(_ name: String, _ value: Bool) { line(name, value ? "yes" : "no") }
        func secret(_ name: String, _ value: [UInt8]) { line(name, value.isEmpty ? "" : "********") }
        func list(_ name: String, _ values: [String]) { line(name, values.joined(separator: ", ")) }

        let global = configuration.global
        section("GLOBAL")
        line("Name", bytes: global.name)
        line("AdminInfo1", bytes: global.adminInfo1)
        line("AdminInfo2", bytes: global.adminInfo2)
        line("AdminEMail", bytes: global.adminEmail)
        line("Info", bytes: global.info)
        list("Listen", global.listen.map { String(decoding: $0, as: UTF8.self) })
        line("MotdFile", bytes: global.motdFile)
        line("MotdPhrase", bytes: global.motdPhrase)
        line("Network", bytes: global.network)
        secret("Password", global.password)
        line("PidFile", bytes: global.pidFile)
        list("Ports", global.ports.map(String.init))
        line("ServerGID", bytes: global.serverGroup)
        line("ServerUID", bytes: global.serverUser)

        let limits = configuration.limits
        section("LIMITS")
        line("IdleTimeout", limits.idleTimeoutSeconds)
        line("MaxConnections", limits.maxConnections)
        line("MaxConnectionsIP", limits.maxConnectionsPerAddress)
        line("MaxConnectionsUser", limits.maxConnectionsPerUser)
        line("MaxJoins", limits.maxJoins)
        line("MaxListSize", limits.maxListSize)
        line("MaxNickLength", limits.maxNickLength)
        line("MaxPenaltyTime", limits.maxPenaltySeconds ?? -1)
        line("PingTimeout", limits.pingTimeoutSeconds)
        line("PongTimeout", limits.pongTimeoutSeconds)

        let options = configuration.options
        section("OPTIONS")
        line("AllowedChannelTypes", bytes: options.allowedChannelTypes)
        line("Anonymous", options.anonymous)
        line("AnonymousHost", bytes: options.anonymousHost)
        line("CloakHost", bytes: options.cloakHost)
        line("CloakHostModeX", bytes: options.cloakHostModeX)
        line("CloakUserToNick", options.cloakUserToNick)
        line("DefaultUserModes", bytes: options.defaultUserModes)
        line("IncludeDir", bytes: options.includeDirectory)
        line("KernelIdent", options.kernelIdent)
        line("ListenBeyondLoopback", options.listenBeyondLoopback)
        line("MorePrivacy", options.morePrivacy ?? options.anonymous)
        line("OperCanUseMode", options.operCanUseMode)
        line("OperChanPAutoOp", options.operChannelPAutoOp)
        line("PermittedGroup", bytes: options.permittedGroup)
        line("RequireAuthPing", options.requireAuthPing)
        line("ScrubCTCP", options.scrubCTCP)
        line("TimeStamps", options.timeStamps == .absent ? "absent" : "minute")
        line("UTF8Only", options.utf8Only)

        for account in configuration.operators {
            section("OPERATOR")
            line("Name", bytes: account.name)
            secret("Password", account.password)
            line("Mask", bytes: account.mask)
        }
        for channel in configuration.channels {
            section("CHANNEL")
            line("Name", bytes: channel.name)
            line("Topic", bytes: channel.topic)
            for modes in channel.modes { line("Modes", bytes: modes) }
        }
        return text
    }
}
