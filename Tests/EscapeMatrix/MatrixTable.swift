/// docs/escape-matrix.md, made of what was seen. Nothing of one machine or of one day is in it.
public struct MatrixTable {
    private let matrix: Matrix
    private let runs: [Trial: Run]

    /// `runs` has all trials but the bare one.
    public init(_ matrix: Matrix, _ runs: [Trial: Run]) {
        self.matrix = matrix
        self.runs = runs
    }

    public var markdown: String {
        ([introduction, totals] + matrix.groups.map(group) + [reasons, types, onlySELinux]).joined(separator: "\n\n")
            + "\n"
    }

    private func verdict(_ attempt: Attempt, _ domain: Domain, _ trial: Trial) -> Verdict {
        runs[trial]?.verdict(attempt, in: domain) ?? .unclear("not run")
    }

    // MARK: - what it is

    private var introduction: String {
        """
        # The escape matrix

        Made by the lab's tests from `Tests/EscapeMatrix/matrix.yaml` and from what happened in a guest; do not edit.

        A probe takes the place of untosh, irssius and ngircdus, each in turn, with the right label and so in the right
        domain: after a login over ssh, started from untosh's domain, and by systemd with its unit. There it tries
        \(matrix.attempts.count) things, \(matrix.attempts.count(where: \.isWalk)) of them with every file of the system. What \
        stands in the tables is what SELinux alone
        answers: the probe has every capability there, so that no other wall answers before it, and ngircdus is outside its
        sandbox. **allowed** stands only where `matrix.yaml` expects it and gives a reason; the run fails for anything that
        is allowed and should not be, and for anything that is denied and should not be. `absent`: the lab does not have the
        thing.
        """
    }

    private var totals: String {
        let trials: [(Trial, String)] = [
            (.selinuxAlone, "SELinux alone, against a process with every capability"),
            (.enforcing, "SELinux, the kernel's ordinary rules for users, and ngircdus's sandbox"),
            (.walled, "all of that, and the walls that each program puts up for itself"),
            (.permissive, "the same without SELinux"),
        ]
        let lines = trials.map { trial, words in
            "| \(words) | "
                + Domain.allCases.map { domain in
                    "\(matrix.attempts.count { verdict($0, domain, trial).isAllowed })"
                }.joined(separator: " | ") + " |"
        }
        return "## How many of the \(matrix.attempts.count) attempts come to something\n\n"
            + "| what holds | \(Domain.allCases.map { "`\($0.rawValue)`" }.joined(separator: " | ")) |\n|---|---|---|---|\n"
            + lines.joined(separator: "\n")
                + """


                A walk along files counts as one that comes to something when it reaches a single file. What remains in the
                third line is less than what SELinux leaves: irssius and ngircdus also forbid themselves system calls. Only what
                the lines before let through is tried for it.
                """
    }

    // MARK: - attempts

    private func group(_ group: Matrix.Group) -> String {
        "## \(group.title)\n\n"
            + "| attempt | | \(Domain.allCases.map { "`\($0.rawValue)`" }.joined(separator: " | ")) |\n|---|---|---|---|---|\n"
            + group.attempts.map { attempt in
                "| \(attempt.id) | \(escape(attempt.tries)) | "
                    + Domain.allCases.map { cell(attempt, $0) }.joined(separator: " | ") + " |"
            }.joined(separator: "\n")
    }

    private func cell(_ attempt: Attempt, _ domain: Domain) -> String {
        let alone = verdict(attempt, domain, .selinuxAlone)
        switch alone {
        case .denied(let how): return attempt.allowed[domain] == nil ? how : "**allowed**"
        case .allowed: return "**allowed**"
        case .absent: return "absent"
        case .unclear(let why): return why
        case .reached:
            let types = (attempt.does[domain] ?? []).sorted()
            return types.isEmpty ? "denied" : types.map { "`\($0)`" }.joined(separator: "<br>")
        }
    }

    // MARK: - reasons

    private var reasons: String {
        "## What is allowed, and why\n\n| who | what | why |\n|---|---|---|\n"
            + matrix.reasons.keys.sorted().flatMap { reason in
                Domain.allCases.compactMap { domain -> String? in
                    let attempts = matrix.attempts.filter { $0.allowed[domain] == reason }.map(\.id)
                    return attempts.isEmpty
                        ? nil
                        : "| `\(domain.rawValue)` | \(attempts.joined(separator: ", ")) | \(escape(matrix.reasons[reason] ?? "")) |"
                }
            }.joined(separator: "\n")
    }

    private var types: String {
        "## Which files are reached, and why\n\n| type | why |\n|---|---|\n"
            + matrix.types.sorted { $0.key < $1.key }.map { "| `\($0.key)` | \(escape($0.value)) |" }
            .joined(separator: "\n")
    }

    // MARK: - without SELinux

    private var onlySELinux: String {
        let lines = Domain.allCases.map { domain -> String in
            let denied = matrix.attempts.filter { isStopped($0, domain, .walled) }
            let open = denied.filter { !isStopped($0, domain, .permissive) }.map(\.id)
            return "### `\(domain.rawValue)`\n\n\(denied.count) attempts are stopped with SELinux; "
                + "\(denied.count - open.count) of them are stopped without it, too. These \(open.count) only SELinux stops:\n\n"
                + (open.isEmpty ? "none" : open.joined(separator: ", "))
        }
        return """
            ## What the other walls stop when SELinux is off

            The guest was set permissive, and the probe put up the walls of the program in whose place it stood. For a walk
            along files: whether it reaches a type that it does not reach with SELinux.


            """ + lines.joined(separator: "\n\n")
    }

    /// For walks: nothing beyond what is expected is reached.
    private func isStopped(_ attempt: Attempt, _ domain: Domain, _ trial: Trial) -> Bool {
        let seen = verdict(attempt, domain, trial)
        if case .reached(let types) = seen { return types.isSubset(of: attempt.does[domain] ?? []) }
        return !seen.isAllowed
    }

    private func escape(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
