import IRCProtocol

// Silent clients, and those that send too fast.

extension ChatServer {
    /// How long registration may take: ngircd waits as long as for the answer to a ping.
    var registrationTimeout: Int64 { Int64(max(configuration.limits.pongTimeoutSeconds, 1)) * 1000 }
    private var pingTimeout: Int64 { Int64(configuration.limits.pingTimeoutSeconds) * 1000 }
    private var pongTimeout: Int64 { Int64(max(configuration.limits.pongTimeoutSeconds, 1)) * 1000 }

    /// Has the wheel look at a client at a time, unless it looks earlier anyway.
    mutating func schedule(_ slot: Int, at time: Int64) {
        let second = (time + 999) / 1000
        guard second < clients[slot].nextCheck else { return }
        clients[slot].nextCheck = timers.add(identifier(slot), second: second)
    }

    mutating func runTimers() {
        while let (second, due) = timers.take(until: now.uptime / 1000) {
            for client in due {
                guard let slot = slot(of: client), clients[slot].nextCheck == second else { continue }
                clients[slot].nextCheck = .max
                check(slot, client)
            }
        }
    }

    private mutating func check(_ slot: Int, _ client: ClientID) {
        if clients[slot].penaltyUntil > now.uptime {
            schedule(slot, at: clients[slot].penaltyUntil)
        } else if clients[slot].isReadingPaused {
            readLines(of: client)
            guard self.slot(of: client) == slot else { return }
            if clients[slot].input.count == 0 || clients[slot].penaltyUntil <= now.uptime {
                clients[slot].isReadingPaused = false
                outbox.add(.resumeReading(client))
            }
        }
        checkLife(slot)
    }

    private mutating func checkLife(_ slot: Int) {
        let silence = now.uptime - clients[slot].lastReceived
        if clients[slot].state == .registering {
            let age = now.uptime - clients[slot].connectedAt
            guard age >= registrationTimeout else {
                return schedule(slot, at: clients[slot].connectedAt + registrationTimeout)
            }
            return drop(slot, "Registration timeout")
        }
        guard pingTimeout > 0 else { return }
        // A client that is held back cannot answer.
        if clients[slot].isReadingPaused {
            clients[slot].lastReceived = now.uptime
            return schedule(slot, at: now.uptime + pingTimeout)
        }
        if silence < pingTimeout {
            clients[slot].isPinged = false
            return schedule(slot, at: clients[slot].lastReceived + pingTimeout)
        }
        if !clients[slot].isPinged {
            clients[slot].isPinged = true
            send(Outgoing("PING :\(configuration.global.name)"), to: slot)
        } else if silence >= pingTimeout + pongTimeout {
            return drop(slot, "Ping timeout: \(Int(silence / 1000)) seconds")
        }
        schedule(slot, at: clients[slot].lastReceived + pingTimeout + pongTimeout)
    }

    // MARK: Penalties

    /// What an error costs.
    static let errorPenalty: Int64 = 2000

    /// Reads nothing more from a client for a while (ngircd's penalties; `MaxPenaltyTime`).
    mutating func penalize(_ slot: Int, milliseconds: Int64) {
        var added = milliseconds
        if let limit = configuration.limits.maxPenaltySeconds { added = min(added, Int64(limit) * 1000) }
        guard added > 0 else { return }
        // ngircd counts whole seconds, so that a penalty lasts up to a second less than it says. Here a second may be
        // owed, and what goes beyond it is waited for.
        clients[slot].penaltyUntil = max(clients[slot].penaltyUntil, now.uptime - 1000) + added
    }

    /// Three commands a second, whatever they are. With user mode +F there may be more.
    mutating func countBurst(_ slot: Int) {
        if clients[slot].modes.contains(.floodExempt) { return }
        if now.uptime - clients[slot].burstStart >= 1000 {
            clients[slot].burstStart = now.uptime
            clients[slot].burst = 0
        }
        clients[slot].burst &+= 1
        if clients[slot].burst >= 3 {
            clients[slot].burst = 0
            penalize(slot, milliseconds: 1000)
        }
    }

    mutating func pauseReading(_ slot: Int) {
        schedule(slot, at: clients[slot].penaltyUntil)
        guard !clients[slot].isReadingPaused else { return }
        clients[slot].isReadingPaused = true
        outbox.add(.pauseReading(identifier(slot)))
    }
}
