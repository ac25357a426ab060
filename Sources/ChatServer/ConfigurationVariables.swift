import IRCProtocol

// The variables, section by section. Each function says whether it knows the name; a value that is wrong is reported.

extension ConfigurationReader {
    private static let lineLimit = 400

    mutating func setGlobal(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        switch shown(name) {
        case "name":
            guard Names.isServer(value) else {
                report(.error, "Name: expected a server name with a dot in it")
                return true
            }
            change { $0.global.name = value }
        case "info": if let text = text(value, name, limit: 127) { change { $0.global.info = text } }
        case "admininfo1": if let text = text(value, name, limit: 127) { change { $0.global.adminInfo1 = text } }
        case "admininfo2": if let text = text(value, name, limit: 127) { change { $0.global.adminInfo2 = text } }
        case "adminemail": if let text = text(value, name, limit: 127) { change { $0.global.adminEmail = text } }
        case "listen":
            let addresses = list(value)
            change { $0.global.listen = addresses }
        case "motdfile": change { $0.global.motdFile = value }
        case "motdphrase": if let text = text(value, name, limit: 127) { change { $0.global.motdPhrase = text } }
        case "network": setNetwork(value)
        case "password": change { $0.global.password = value }
        case "pidfile": change { $0.global.pidFile = value }
        case "ports": setPorts(value, name)
        case "serveruid": change { $0.global.serverUser = value }
        case "servergid": change { $0.global.serverGroup = value }
        case "helpfile": report(.warning, "HelpFile: the server describes its commands itself, ignored")
        default: return false
        }
        return true
    }

    private mutating func setNetwork(_ value: [UInt8]) {
        guard value.count <= 63, value.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            return report(.error, "Network: expected a name in ASCII without spaces")
        }
        change { $0.global.network = value }
    }

    private mutating func setPorts(_ value: [UInt8], _ name: [UInt8]) {
        var ports: [UInt16] = []
        for word in list(value) {
            if let port = number(word, name, 1...65_535) { ports.append(UInt16(port)) }
        }
        if !ports.isEmpty { change { $0.global.ports = ports } }
    }

    mutating func setLimit(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        let most = 1 << 30
        func set(_ bounds: ClosedRange<Int>, _ path: WritableKeyPath<Configuration.Limits, Int>) {
            if let number = number(value, name, bounds) { change { $0.limits[keyPath: path] = number } }
        }
        switch shown(name) {
        case "idletimeout": set(0...most, \.idleTimeoutSeconds)
        case "maxconnections": set(0...most, \.maxConnections)
        case "maxconnectionsip": set(0...most, \.maxConnectionsPerAddress)
        case "maxconnectionsuser": set(0...most, \.maxConnectionsPerUser)
        case "maxjoins": set(0...most, \.maxJoins)
        case "maxlistsize": set(0...most, \.maxListSize)
        // A nick longer than 31 bytes would leave too little of a line for everything else.
        case "maxnicklength": set(1...31, \.maxNickLength)
        case "pingtimeout": set(5...86_400, \.pingTimeoutSeconds)
        case "pongtimeout": set(5...86_400, \.pongTimeoutSeconds)
        case "maxpenaltytime":
            guard let seconds = number(value, name, -1...3600) else { return true }
            if seconds == 0 { report(.warning, "MaxPenaltyTime: 0 switches penalties off, which is not recommended") }
            change { $0.limits.maxPenaltySeconds = seconds < 0 ? nil : seconds }
        default: return false
        }
        return true
    }

    mutating func setOption(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        func set(_ path: WritableKeyPath<Configuration.Options, Bool>) {
            let isOn = isTrue(value)
            change { $0.options[keyPath: path] = isOn }
        }
        switch shown(name) {
        case "anonymous": set(\.anonymous)
        case "kernelident": set(\.kernelIdent)
        case "utf8only": set(\.utf8Only)
        case "cloakusertonick": set(\.cloakUserToNick)
        case "opercanusemode": set(\.operCanUseMode)
        case "operchanpautoop": set(\.operChannelPAutoOp)
        case "requireauthping": set(\.requireAuthPing)
        case "scrubctcp": set(\.scrubCTCP)
        case "listenbeyondloopback": set(\.listenBeyondLoopback)
        case "moreprivacy":
            let isOn = isTrue(value)
            change { $0.options.morePrivacy = isOn }
        case "timestamps": setTimeStamps(value)
        case "anonymoushost": setHost(value, name, \.anonymousHost)
        case "cloakhost": setHost(value, name, \.cloakHost)
        case "cloakhostmodex": setHost(value, name, \.cloakHostModeX)
        case "allowedchanneltypes": setChannelTypes(value)
        case "defaultusermodes": setDefaultUserModes(value)
        case "chrootdir": change { $0.options.chrootDirectory = value }
        case "includedir": change { $0.options.includeDirectory = value }
        case "syslogfacility": change { $0.options.syslogFacility = value }
        case "permittedgroup": change { $0.options.permittedGroup = value }
        // Nothing is looked up before registration that a notice could tell of.
        case "noticebeforeregistration": break
        default: return false
        }
        return true
    }

    private mutating func setTimeStamps(_ value: [UInt8]) {
        switch shown(CaseMapping.ascii.fold(value)) {
        case "absent": change { $0.options.timeStamps = .absent }
        case "minute": change { $0.options.timeStamps = .minute }
        default: report(.error, "TimeStamps: expected \"absent\" or \"minute\"")
        }
    }

    private mutating func setHost(
        _ value: [UInt8], _ name: [UInt8], _ path: WritableKeyPath<Configuration.Options, [UInt8]>
    ) {
        if value.contains(UInt8(ascii: "%")) {
            return report(.warning, "\(shown(name)): hashed hosts (%x) are not made here, ignored")
        }
        guard value.count <= 63, value.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 0x40 && $0 != 0x21 && $0 != 0x3A })
        else {
            return report(.error, "\(shown(name)): expected a host name")
        }
        change { $0.options[keyPath: path] = value }
    }

    private mutating func setChannelTypes(_ value: [UInt8]) {
        guard value.allSatisfy(Names.isChannelPrefix) else {
            return report(.error, "AllowedChannelTypes: expected some of #&+")
        }
        change { $0.options.allowedChannelTypes = value }
    }

    private mutating func setDefaultUserModes(_ value: [UInt8]) {
        let known = UserModes.table.map(\.letter)
        for letter in value where !known.contains(letter) {
            report(.warning, "DefaultUserModes: \"\(shown([letter]))\" is no user mode, ignored")
        }
        change { $0.options.defaultUserModes = value.filter(known.contains) }
    }

    mutating func setOperator(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        switch shown(name) {
        case "name": change { $0.operators[$0.operators.count - 1].name = value }
        case "password": change { $0.operators[$0.operators.count - 1].password = value }
        case "mask": change { $0.operators[$0.operators.count - 1].mask = Mask.complete(value[...]) }
        default: return false
        }
        return true
    }

    mutating func setChannel(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        switch shown(name) {
        case "name":
            // ngircd takes a name without "#" as well, since "#" starts comments elsewhere.
            let isWhole = value.first.map(Names.isChannelPrefix) ?? false
            let whole = isWhole ? value : [UInt8(ascii: "#")] + value
            guard Names.isChannel(whole, limit: ChatServer.channelNameLimit) else {
                report(.error, "Name: expected the name of a channel")
                return true
            }
            change { $0.channels[$0.channels.count - 1].name = whole }
        case "topic":
            if let text = text(value, name, limit: ChatServer.topicLimit) {
                change { $0.channels[$0.channels.count - 1].topic = text }
            }
        case "modes": change { $0.channels[$0.channels.count - 1].modes.append(value) }
        case "key":
            report(.warning, "Key: write Modes = +k KEY instead")
            if !value.isEmpty { addModes([UInt8](ascii: "+k ") + value) }
        case "maxusers":
            report(.warning, "MaxUsers: write Modes = +l NUMBER instead")
            if let limit = value.decimalValue, limit > 0 { addModes([UInt8](ascii: "+l ") + value) }
        default: return false
        }
        return true
    }

    private mutating func addModes(_ modes: [UInt8]) {
        change { $0.channels[$0.channels.count - 1].modes.append(modes) }
    }
}
