import IRCProtocol

/// Dates and times in one zone, which no file and no variable chooses: UTC, or the offset that the user typed.
struct Calendar: Sendable {
    /// Minutes east of UTC.
    var offset = 0

    /// The parts of a time.
    struct Parts: Equatable, Sendable {
        var year, month, day, weekday, hour, minute: Int
    }

    /// Minutes from a text such as `+02:00`, `-0330`, `2` or `UTC`; nil for anything else and beyond 14 hours.
    static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        if text.same(as: "UTC") { return 0 }
        var digits = text
        let isWest = text.first == UInt8(ascii: "-")
        if isWest || text.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        let plain = digits.filter { $0 != UInt8(ascii: ":") }
        guard let number = plain.decimalValue, plain.count <= 4 else { return nil }
        let minutes = plain.count <= 2 ? number * 60 : number / 100 * 60 + number % 100
        guard minutes <= 14 * 60, plain.count <= 2 || number % 100 < 60 else { return nil }
        return isWest ? -minutes : minutes
    }

    /// Which day a time falls on, counted from 1970.
    func day(_ unixMilliseconds: Int64) -> Int {
        let seconds = unixMilliseconds.clamped / 1000 + Int64(offset) * 60
        return Int(seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400)
    }

    /// By the proleptic Gregorian calendar.
    func parts(_ unixMilliseconds: Int64) -> Parts {
        let day = day(unixMilliseconds)
        let second = Int(unixMilliseconds.clamped / 1000) + offset * 60 - day * 86400
        // Days are counted from 1 March of the year 0, so that the leap day is the last of its year.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return Parts(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, weekday: ((day % 7) + 11) % 7, hour: second / 3600,
            minute: second / 60 % 60)
    }

    /// `%H` `%M` `%d` `%m` `%Y` `%y` `%b` `%a` `%%` in a text; other letters, and seconds with them, are left out.
    func format(_ format: [UInt8], _ unixMilliseconds: Int64) -> [UInt8] {
        let parts = parts(unixMilliseconds)
        var text: [UInt8] = []
        var isCode = false
        for byte in format {
            if !isCode {
                isCode = byte == UInt8(ascii: "%")
                if !isCode { text.append(byte) }
                continue
            }
            isCode = false
            switch byte {
            case UInt8(ascii: "H"): text.append(twoDigits: parts.hour)
            case UInt8(ascii: "M"): text.append(twoDigits: parts.minute)
            case UInt8(ascii: "d"): text.append(twoDigits: parts.day)
            case UInt8(ascii: "m"): text.append(twoDigits: parts.month)
            case UInt8(ascii: "Y"): text.append(decimal: parts.year)
            case UInt8(ascii: "y"): text.append(twoDigits: parts.year % 100)
            case UInt8(ascii: "b"): text.append(contentsOf: Calendar.month(parts.month))
            case UInt8(ascii: "a"): text.append(contentsOf: Calendar.weekday(parts.weekday))
            case UInt8(ascii: "%"): text.append(byte)
            default: break
            }
        }
        return text
    }

    /// `Mon Nov 23 08:42 2026`: as C has it, without the seconds.
    func date(_ unixSeconds: Int) -> [UInt8] {
        format(Array(ascii: "%a %b %d %H:%M %Y"), Int64(clamping: unixSeconds).multipliedReportingOverflow(by: 1000).0)
    }

    /// Milliseconds since 1970 from `2026-11-23T08:42:45.123Z` (IRCv3 server-time); nil for anything else.
    static func milliseconds(iso text: ArraySlice<UInt8>) -> Int64? {
        guard text.count >= 20, text.last == UInt8(ascii: "Z") else { return nil }
        let start = text.startIndex
        func number(_ from: Int, _ count: Int) -> Int? { text[(start + from)..<(start + from + count)].decimalValue }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2), year >= 1970, (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Int64(days * 86400 + hour * 3600 + minute * 60 + second) * 1000
    }

    private static func month(_ number: Int) -> ArraySlice<UInt8> {
        let names = Array(ascii: "JanFebMarAprMayJunJulAugSepOctNovDec")
        return names[(number - 1) * 3..<number * 3]
    }

    private static func weekday(_ number: Int) -> ArraySlice<UInt8> {
        let names = Array(ascii: "SunMonTueWedThuFriSat")
        return names[number * 3..<(number + 1) * 3]
    }
}

extension Int64 {
    /// Within the years 1900 to 9999, so that no arithmetic on dates can overflow.
    fileprivate var clamped: Int64 { Swift.min(Swift.max(self, -2_208_988_800_000), 253_402_300_799_000) }
}
