/// Makes a failing dialogue as short as it can be (delta debugging: leave out halves, quarters and so on down to single
/// steps, as long as the failure stays).
struct Shrinker {
    /// Whether a dialogue still fails in the same way.
    let fails: (Dialogue) throws -> Bool
    /// Each try starts two servers.
    var mostTries = 250

    func shrink(_ dialogue: Dialogue) throws -> Dialogue {
        var best = dialogue
        var tries = 0
        var size = max(1, best.steps.count / 2)
        while true {
            var start = 0
            var isShorter = false
            while start < best.steps.count, best.steps.count > 1 {
                guard tries < mostTries else { return best }
                tries += 1
                var shorter = best
                shorter.steps.removeSubrange(start..<min(start + size, best.steps.count))
                if !shorter.steps.isEmpty, try fails(shorter) {
                    best = shorter
                    isShorter = true
                } else {
                    start += size
                }
            }
            if size > 1 {
                size = max(1, size / 2)
            } else if !isShorter {
                return best
            }
        }
    }
}
