import CElf

extension ELFFile {
    /// Reads the facts out of a whole file in memory.
    ///
    /// - Throws: `ELFError` for anything that is not a sound little-endian ELF file, cut or hostile bytes included.
    public init(_ bytes: [UInt8]) throws(ELFError) {
        let image = try ELFImage(bytes)
        let dynamic = try DynamicSegment(image)

        elfClass = gelf_getclass(image.elf) == ELFCLASS64 ? .bits64 : .bits32
        machine = image.header.e_machine
        kind = Kind(image.header.e_type)
        interpreter = try Self.interpreter(image)
        isDynamic = dynamic != nil
        isPIE = kind == .shared && dynamic?.flag(DT_FLAGS_1, DF_1_PIE) == true
        hasRelro = image.segments.contains { $0.p_type == UInt32(PT_GNU_RELRO) && $0.p_memsz > 0 }
        bindsNow =
            dynamic.map { $0.has(DT_BIND_NOW) || $0.flag(DT_FLAGS, DF_BIND_NOW) || $0.flag(DT_FLAGS_1, DF_1_NOW) }
            ?? false
        stack = Self.stack(image)
        rpath = try dynamic?.texts(DT_RPATH).first
        runpath = try dynamic?.texts(DT_RUNPATH).first
        hasTextRelocations = dynamic.map { $0.has(DT_TEXTREL) || $0.flag(DT_FLAGS, DF_TEXTREL) } ?? false
        let both = UInt32(PF_W) | UInt32(PF_X)
        writableExecutableSegments =
            image.segments.count { $0.p_type == UInt32(PT_LOAD) && $0.p_flags & both == both }
        soname = try dynamic?.texts(DT_SONAME).first
        needed = try dynamic?.texts(DT_NEEDED) ?? []
        let symbols = try dynamic?.imports()
        imports = symbols?.symbols ?? []
        versionNeeds = symbols?.needs ?? []
        isStripped = try !image.hasSymbolsOrDebugSections()
    }

    private static func interpreter(_ image: ELFImage) throws(ELFError) -> String? {
        guard let segment = image.segments.first(where: { $0.p_type == UInt32(PT_INTERP) }) else { return nil }
        let bytes = try image.bytes(offset: segment.p_offset, size: segment.p_filesz, "interpreter")
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func stack(_ image: ELFImage) -> Stack {
        let headers = image.segments.filter { $0.p_type == UInt32(PT_GNU_STACK) }
        if headers.isEmpty { return .unspecified }
        return headers.contains { $0.p_flags & UInt32(PF_X) != 0 } ? .executable : .notExecutable
    }
}

extension ELFFile.Kind {
    init(_ type: UInt16) {
        switch Int32(type) {
        case ET_REL: self = .relocatable
        case ET_EXEC: self = .executable
        case ET_DYN: self = .shared
        case ET_CORE: self = .core
        default: self = .other(type)
        }
    }
}
