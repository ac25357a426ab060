import IRCProtocol

// Times as users see them: exact while `Anonymous` is off, else rounded to the minute, or not at all.

extension ChatServer {
    /// Whether replies that carry a time are sent at all.
    var showsTimes: Bool { !isAnonymous || configuration.options.timeStamps == .minute }

    /// Seconds since 1970 as they are shown.
    func shown(_ seconds: Int64) -> Int64 { isAnonymous ? seconds - seconds % 60 : seconds }

    /// `time=2011-10-19T16:40:51.620Z` (IRCv3 server-time), written once a moment.
    mutating func timeTag() -> [UInt8] {
        if writtenTime.at != now.unix {
            var tag: [UInt8] = []
            appendTimeTag(to: &tag)
            writtenTime = (now.unix, tag)
        }
        return writtenTime.tag
    }

    private func appendTimeTag(to tags: inout [UInt8]) {
        let milliseconds = isAnonymous ? now.unix - now.unix % 60_000 : now.unix
        let date = CalendarDate(unixSeconds: milliseconds / 1000)
        tags.append(ascii: "time=")
        tags.append(decimal: date.year)
        for (separator, value) in [
            (UInt8(ascii: "-"), date.month), (UInt8(ascii: "-"), date.day), (UInt8(ascii: "T"), date.hour),
            (UInt8(ascii: ":"), date.minute), (UInt8(ascii: ":"), date.second),
        ] {
            tags.append(separator)
            ChatServer.append(twoDigits: value, to: &tags)
        }
        tags.append(UInt8(ascii: "."))
        let fraction = Int(milliseconds % 1000)
        tags.append(UInt8(ascii: "0") + UInt8(fraction / 100))
        ChatServer.append(twoDigits: fraction % 100, to: &tags)
        tags.append(UInt8(ascii: "Z"))
    }

    static func append(twoDigits value: Int, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "0") + UInt8(value / 10 % 10))
        text.append(UInt8(ascii: "0") + UInt8(value % 10))
    }
}

/// A moment of the Gregorian calendar, in UTC.
struct CalendarDate {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    /// Sunday is 0.
    let weekday: Int

    static let weekdays: [StaticString] = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    static let months: [StaticString] = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// Counts years from 1 March, so that the leap day is the last of its year; an era is 400 years, 146,097 days.
    init(unixSeconds: Int64) {
        let seconds = max(0, Int(unixSeconds))
        let days = seconds / 86_400
        // 719,468 days lie between 1 March of year 0 and 1 January 1970.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = seconds % 86_400 / 3600
        minute = seconds % 3600 / 60
        second = seconds % 60
        // 1 January 1970 was a Thursday.
        weekday = (days + 4) % 7
    }

    var weekdayName: [UInt8] { [UInt8](ascii: CalendarDate.weekdays[weekday]) }
    var monthName: [UInt8] { [UInt8](ascii: CalendarDate.months[month - 1]) }
}
