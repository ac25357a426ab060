import Testing

/// untosh as it is shipped — Embedded, hardened, stripped — on a real terminal, as a real user.
@Suite(.enabled(if: Binaries.areThere, Binaries.whyNot), .enabled(if: Binaries.isRoot, Binaries.whyRoot))
struct Untosh {}
