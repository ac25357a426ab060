import Testing

/// untosh as it is shipped — Embedded, hardened, stripped — on a real terminal, as a real user.
@Suite(.enabled(if: Program.untosh.isThere, Program.whyNot), .enabled(if: Program.isRoot, Program.whyRoot))
struct Untosh {}
