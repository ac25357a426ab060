/// Values by the folded names of channels or people, in the order of the names. Small and plain: the names of a channel
/// are some thousands at most, and a dictionary would make the program larger by a tenth.
struct NameTable<Value: Sendable>: Sendable {
    private(set) var keys: [[UInt8]] = []
    /// Never nil but while one is being changed in its place.
    private var held: [Value?] = []

    var count: Int { keys.count }
    var values: [Value] { held.compactMap { $0 } }

    /// Where a name is, or where it would be.
    private func place(_ key: [UInt8]) -> (index: Int, isHere: Bool) {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle].precedes(key) { low = middle + 1 } else { high = middle }
        }
        return (low, low < keys.count && keys[low] == key)
    }

    subscript(key: [UInt8]) -> Value? {
        get {
            let (index, isHere) = place(key)
            return isHere ? held[index] : nil
        }
        _modify {
            let (index, isHere) = place(key)
            var value: Value?
            // Taken out, so that it is changed and not copied.
            if isHere { swap(&value, &held[index]) }
            defer {
                if let value {
                    if isHere {
                        held[index] = value
                    } else {
                        keys.insert(key, at: index)
                        held.insert(value, at: index)
                    }
                } else if isHere {
                    keys.remove(at: index)
                    held.remove(at: index)
                }
            }
            yield &value
        }
    }

    mutating func removeAll() {
        keys = []
        held = []
    }
}

extension Array where Element == UInt8 {
    /// The order of bytes.
    func precedes(_ other: [UInt8]) -> Bool {
        let shared = Swift.min(count, other.count)
        var index = 0
        while index < shared {
            if self[index] != other[index] { return self[index] < other[index] }
            index += 1
        }
        return count < other.count
    }
}

/// The places of names in the order of the names. For lists that a user looks at: simple, not fast.
func order(of names: [[UInt8]]) -> [Int] {
    var places: [Int] = []
    for index in names.indices {
        var at = places.count
        while at > 0, names[index].precedes(names[places[at - 1]]) { at -= 1 }
        places.insert(index, at: at)
    }
    return places
}
