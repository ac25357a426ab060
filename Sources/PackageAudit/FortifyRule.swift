import ELFKit

/// Which imports show that C code was compiled without _FORTIFY_SOURCE.
enum FortifyRule {
    /// Functions that clang 21, the compiler of SwiftPM's C targets, never leaves as they are at -O2
    /// -D_FORTIFY_SOURCE=3 with glibc 2.36: measured with constant and variable arguments, known and unknown buffer
    /// sizes, formats with and without conversions.
    ///
    /// Left out because they stay as they are where the buffer's size is unknown or the call is provably in bounds:
    /// strcpy, stpcpy, strcat, strncat, strncpy, stpncpy, memcpy and its kin, read and its kin, fgets, realpath,
    /// getwd; and vswprintf, which clang never replaces.
    static let alwaysReplaced = replacedByEveryCompiler.union(replacedByClang)

    /// gcc 12 replaces these always too.
    private static let replacedByEveryCompiler: Set = [
        "printf", "fprintf", "vprintf", "vfprintf", "dprintf", "vdprintf", "asprintf", "vasprintf", "syslog", "vsyslog",
        "wprintf", "fwprintf", "vwprintf", "vfwprintf", "swprintf", "longjmp", "_longjmp", "siglongjmp",
    ]

    /// gcc 12 leaves these where the format is "%s" or has no conversion and the call is in bounds or the buffer's
    /// size unknown. Code that gcc compiled may have to excuse them.
    private static let replacedByClang: Set = ["sprintf", "vsprintf", "snprintf", "vsnprintf"]

    /// gets has no bound that could be checked.
    static let neverAllowed: Set = ["gets"]

    /// The verdict on a file's imports. `excused` are the functions that the component's declaration excuses.
    static func verdict(imports: [String], excused: [String]) -> Verdict {
        let wrong = imports.filter { alwaysReplaced.contains($0) && !excused.contains($0) || neverAllowed.contains($0) }
        guard wrong.isEmpty else { return .no("calls \(list(wrong)) unfortified") }
        let fortified = imports.filter { $0.hasPrefix("__") && $0.hasSuffix("_chk") }
        return fortified.isEmpty ? .notApplicable("no C calls to fortify") : .yes("fortified: \(list(fortified))")
    }

    private static func list(_ names: [String]) -> String { Set(names).sorted().joined(separator: ", ") }
}
