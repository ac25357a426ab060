/// Everything that the lab tries.
public enum LabPromises {
    /// In the order of the table.
    public static let chapters = [
        InstallationPromises.chapter, SessionPromises.chapter, LoginPromises.chapter, DaemonPromises.chapter,
        BootPromises.chapter, LivePromises.chapter, PackagePromises.chapter, ServerPromises.chapter,
        TrafficPromises.chapter, PowerPromises.chapter, DiskPromises.chapter, AccountPromises.chapter,
        KillPromises.chapter, KillPromises.panicChapter,
    ]

    /// The chapters with only those promises whose id or chapter is among `names`; all for no names.
    public static func chapters(named names: [String]) -> [LabChapter] {
        guard !names.isEmpty else { return chapters }
        return chapters.compactMap { chapter in
            let wanted =
                names.contains(chapter.name)
                ? chapter.promises : chapter.promises.filter { names.contains($0.id) }
            return wanted.isEmpty
                ? nil
                : LabChapter(name: chapter.name, guest: chapter.guest, restarts: chapter.restarts, promises: wanted)
        }
    }
}
