import IRCProtocol

/// Everything that can be set, with irssi's names where irssi has it.
enum Setting: Int, CaseIterable, Sendable {
    case nick, userName, realName
    case timestamps, timestampFormat, timestampLevel, timeOffset
    case hilightNickMatches, hilightNickMatchesEverywhere, hilightColour, hilightLevel
    case activityHideLevel, activityHideTargets, activityMessageLevel, activityHilightLevel
    case beepMessageLevel, beepWhenWindowActive
    case scrollbackLines, scrollPageCount, indent, emphasis, hideColours, nickColumnWidth, unreadMarker
    case completionCharacter, completionNicksMatchCase, completionKeepPublics
    case showNamesOnJoin, showNamesOnJoinLimit
    case autocreateOwnQuery, autocreateQueryLevel
    case maxCommandHistory, pasteVerifyLineCount
    case lagMinShow, lagCheckTime, lagMaxBeforeDisconnect, serverReconnectTime
    case theme, quitMessage, partMessage

    enum Kind: Sendable, Equatable {
        case boolean, text, levels, seconds
        case number(ClosedRange<Int>)
        /// Shown, but the same for everybody.
        case fixed
    }

    /// The name, what it may be, and what it is when nothing else is said. `seconds` are written like `5min`.
    var definition: (name: StaticString, kind: Kind, standard: StaticString) {
        switch self {
        case .nick: ("nick", .text, "")
        case .userName: ("user_name", .fixed, "")
        case .realName: ("real_name", .fixed, "")
        case .timestamps: ("timestamps", .boolean, "ON")
        case .timestampFormat: ("timestamp_format", .text, "%H:%M")
        case .timestampLevel: ("timestamp_level", .levels, "ALL")
        case .timeOffset: ("time_offset", .text, "+00:00")
        case .hilightNickMatches: ("hilight_nick_matches", .boolean, "ON")
        case .hilightNickMatchesEverywhere: ("hilight_nick_matches_everywhere", .boolean, "OFF")
        case .hilightColour: ("hilight_color", .text, "%Y")
        case .hilightLevel: ("hilight_level", .levels, "PUBLIC ACTIONS")
        case .activityHideLevel: ("activity_hide_level", .levels, "")
        case .activityHideTargets: ("activity_hide_targets", .text, "")
        case .activityMessageLevel: ("activity_msg_level", .levels, "PUBLIC")
        case .activityHilightLevel: ("activity_hilight_level", .levels, "MSGS")
        case .beepMessageLevel: ("beep_msg_level", .levels, "")
        case .beepWhenWindowActive: ("beep_when_window_active", .boolean, "ON")
        case .scrollbackLines: ("scrollback_lines", .number(50...5000), "500")
        case .scrollPageCount: ("scroll_page_count", .text, "/2")
        case .indent: ("indent", .number(0...40), "10")
        case .emphasis: ("emphasis", .boolean, "ON")
        case .hideColours: ("hide_colors", .boolean, "OFF")
        case .nickColumnWidth: ("nick_column_width", .number(0...32), "0")
        case .unreadMarker: ("unread_marker", .boolean, "ON")
        case .completionCharacter: ("completion_char", .text, ":")
        case .completionNicksMatchCase: ("completion_nicks_match_case", .text, "auto")
        case .completionKeepPublics: ("completion_keep_publics", .number(0...50), "50")
        case .showNamesOnJoin: ("show_names_on_join", .boolean, "ON")
        case .showNamesOnJoinLimit: ("show_names_on_join_limit", .number(0...2000), "18")
        case .autocreateOwnQuery: ("autocreate_own_query", .boolean, "ON")
        case .autocreateQueryLevel: ("autocreate_query_level", .levels, "MSGS")
        case .maxCommandHistory: ("max_command_history", .number(0...1000), "100")
        case .pasteVerifyLineCount: ("paste_verify_line_count", .number(2...20), "2")
        case .lagMinShow: ("lag_min_show", .seconds, "1sec")
        case .lagCheckTime: ("lag_check_time", .seconds, "1min")
        case .lagMaxBeforeDisconnect: ("lag_max_before_disconnect", .seconds, "5min")
        case .serverReconnectTime: ("server_reconnect_time", .seconds, "30sec")
        case .theme: ("theme", .fixed, "default")
        case .quitMessage: ("quit_message", .fixed, "leaving")
        case .partMessage: ("part_message", .fixed, "")
        }
    }

    static func named(_ name: [UInt8]) -> Setting? {
        allCases.first { name.same(as: $0.definition.name) }
    }
}

/// What is set.
struct Settings: Sendable {
    private var values: [[UInt8]]

    init() { values = Setting.allCases.map { Array(ascii: $0.definition.standard) } }

    /// As it is written.
    subscript(setting: Setting) -> [UInt8] { values[setting.rawValue] }

    func isOn(_ setting: Setting) -> Bool { values[setting.rawValue].equals(ascii: "ON") }
    func number(_ setting: Setting) -> Int { values[setting.rawValue].decimalValue ?? 0 }
    func levels(_ setting: Setting) -> Levels { Levels(values[setting.rawValue][...]) ?? [] }
    func seconds(_ setting: Setting) -> Int { Settings.seconds(values[setting.rawValue][...]) ?? 0 }

    /// For the values that only the program itself sets.
    mutating func fix(_ setting: Setting, _ value: [UInt8]) { values[setting.rawValue] = value }

    /// Sets a value if it is one; what is wrong with it otherwise.
    mutating func set(_ setting: Setting, to value: ArraySlice<UInt8>) -> StaticString? {
        var kept = Array(value)
        switch setting.definition.kind {
        case .fixed: return "is fixed here"
        case .boolean:
            guard let isOn = Settings.boolean(value) else { return "isn't ON or OFF" }
            kept = Array(ascii: isOn ? "ON" : "OFF")
        case .number(let range):
            guard let number = value.decimalValue, range.contains(number) else { return "isn't a number it can be" }
        case .seconds: guard Settings.seconds(value) != nil else { return "isn't a time such as 5min or 30sec" }
        case .levels: guard Levels(value) != nil else { return "has a word that is no level" }
        case .text:
            guard value.count <= 64, value.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
                return "is too long or has characters it cannot have"
            }
            if setting == .timeOffset, Calendar.offset(value) == nil { return "isn't an offset such as +02:00" }
            if setting == .nick, !value.isEmpty, !Names.isNick(value, limit: 30) { return "isn't a nick" }
        }
        values[setting.rawValue] = kept
        return nil
    }

    static func boolean(_ value: ArraySlice<UInt8>) -> Bool? {
        for word in ["ON", "YES", "TRUE", "1"] as [StaticString] where value.same(as: word) { return true }
        for word in ["OFF", "NO", "FALSE", "0"] as [StaticString] where value.same(as: word) { return false }
        return nil
    }

    /// `5min`, `1day 2hours`, `10msecs` (which is 0 here), or seconds.
    static func seconds(_ value: ArraySlice<UInt8>) -> Int? {
        var rest = value.trimmed
        var total = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isDigit }
            guard let number = digits.decimalValue, number < 1_000_000 else { return nil }
            rest = rest[digits.endIndex...].trimmed
            let unit = rest.prefix { $0.isLetter }
            rest = rest[unit.endIndex...].trimmed
            if unit.isEmpty || unit.isStart(of: "seconds") {
                total += number
            } else if unit.isStart(of: "minutes") {
                total += number * 60
            } else if unit.isStart(of: "hours") {
                total += number * 3600
            } else if unit.isStart(of: "days") {
                total += number * 86400
            } else if unit.isStart(of: "weeks") {
                total += number * 604_800
            } else if unit.isStart(of: "msecs") || unit.isStart(of: "milliseconds") {
                total += number / 1000
            } else {
                return nil
            }
        }
        return total
    }
}
