import CElf

/// PT_DYNAMIC, and the tables that it points to. Source: gABI chapter 5, "Dynamic Section"; for versions the LSB Core
/// specification, "Symbol Versioning".
struct DynamicSegment {
    private let image: ELFImage
    private let entries: [Int64: [UInt64]]
    private let strings: [UInt8]

    /// - Returns: nil when the file has no dynamic segment.
    init?(_ image: ELFImage) throws(ELFError) {
        let segments = image.segments.filter { $0.p_type == UInt32(PT_DYNAMIC) }
        guard let segment = segments.first else { return nil }
        guard segments.count == 1 else { throw ELFError("it has \(segments.count) dynamic segments") }
        self.image = image
        let data = try image.chunk(
            offset: segment.p_offset, size: segment.p_filesz, ELF_T_DYN, "dynamic segment")
        var entries: [Int64: [UInt64]] = [:]
        var index: Int32 = 0
        var entry = GElf_Dyn()
        while gelf_getdyn(data, index, &entry) != nil, entry.d_tag != Int64(DT_NULL) {
            entries[entry.d_tag, default: []].append(entry.d_un.d_val)
            index += 1
        }
        guard entry.d_tag == Int64(DT_NULL) else { throw ELFError("its dynamic segment has no end") }
        self.entries = entries
        if let table = entries[Int64(DT_STRTAB)]?.first {
            let place = try image.locate(table, "string table")
            let size = min(entries[Int64(DT_STRSZ)]?.first ?? place.available, place.available)
            strings = try image.bytes(offset: place.offset, size: size, "string table")
        } else {
            strings = []
        }
    }

    /// Whether there is an entry with this tag.
    func has(_ tag: Int32) -> Bool { entries[Int64(tag)] != nil }

    /// Whether `bit` is set in the flag word with this tag.
    func flag(_ tag: Int32, _ bit: Int32) -> Bool { value(tag).map { $0 & UInt64(bit) != 0 } ?? false }

    /// The strings that the entries with this tag name.
    func texts(_ tag: Int32) throws(ELFError) -> [String] {
        var found: [String] = []
        for offset in entries[Int64(tag)] ?? [] { found.append(try text(at: offset)) }
        return found
    }

    private func value(_ tag: Int32) -> UInt64? { entries[Int64(tag)]?.first }

    private func text(at offset: UInt64) throws(ELFError) -> String {
        guard offset < UInt64(strings.count), let end = strings[Int(offset)...].firstIndex(of: 0) else {
            throw ELFError("a name lies outside its string table")
        }
        // A file can have tens of thousands of entries that all point at one huge name.
        guard end - Int(offset) <= 16_384 else { throw ELFError("a name is longer than 16,384 bytes") }
        return String(decoding: strings[Int(offset)..<end], as: UTF8.self)
    }

    // MARK: Versions

    private struct VersionTable {
        var needs: [ELFFile.VersionNeed] = []
        var byIndex: [UInt16: ELFFile.VersionNeed] = [:]
    }

    private func versionTable() throws(ELFError) -> VersionTable {
        var table = VersionTable()
        guard let address = value(DT_VERNEED) else { return table }
        let place = try image.locate(address, "version table")
        let data = try image.chunk(offset: place.offset, size: place.available, ELF_T_VNEED, "version table")
        var offset: Int32 = 0
        // Both counts come from the file: 65,535 is what the 16-bit index of a version allows.
        for _ in 0..<min(value(DT_VERNEEDNUM) ?? 0, 65_535) {
            var need = GElf_Verneed()
            guard gelf_getverneed(data, offset, &need) != nil else {
                throw ELFError.fromLibrary("its version table cannot be read")
            }
            let library = try text(at: UInt64(need.vn_file))
            var auxiliary = try advance(offset, by: need.vn_aux)
            for _ in 0..<need.vn_cnt {
                var node = GElf_Vernaux()
                guard gelf_getvernaux(data, auxiliary, &node) != nil else {
                    throw ELFError.fromLibrary("its version table cannot be read")
                }
                let wanted = ELFFile.VersionNeed(library: library, node: try text(at: UInt64(node.vna_name)))
                guard table.needs.count < 65_535 else { throw ELFError("its version table has no end") }
                table.needs.append(wanted)
                table.byIndex[node.vna_other & 0x7fff] = wanted
                if node.vna_next == 0 { break }
                auxiliary = try advance(auxiliary, by: node.vna_next)
            }
            if need.vn_next == 0 { break }
            offset = try advance(offset, by: need.vn_next)
        }
        return table
    }

    private func advance(_ offset: Int32, by step: UInt32) throws(ELFError) -> Int32 {
        guard let step = Int32(exactly: step) else { throw ELFError("its version table lies outside the file") }
        let (sum, overflow) = offset.addingReportingOverflow(step)
        guard !overflow else { throw ELFError("its version table lies outside the file") }
        return sum
    }

    // MARK: Symbols

    /// Every undefined symbol, and every version node that is asked for.
    func imports() throws(ELFError) -> (symbols: [ELFFile.Import], needs: [ELFFile.VersionNeed]) {
        let versions = try versionTable()
        guard let address = value(DT_SYMTAB) else { return ([], versions.needs) }
        let count = try SymbolCount(image: image, value: value).count()
        guard count > 0 else { return ([], versions.needs) }
        let symbols = try table(address, count, ELF_T_SYM, "symbol table")
        let indexes = try value(DT_VERSYM).map { address throws(ELFError) in
            try table(address, count, ELF_T_HALF, "symbol version table")
        }
        var found: [ELFFile.Import] = []
        for index in 1..<max(count, 1) {
            var symbol = GElf_Sym()
            guard gelf_getsym(symbols, Int32(truncatingIfNeeded: index), &symbol) != nil else {
                throw ELFError.fromLibrary("symbol \(index) cannot be read")
            }
            guard symbol.st_shndx == UInt16(SHN_UNDEF), symbol.st_name != 0 else { continue }
            var version: GElf_Versym = 0
            if let indexes { gelf_getversym(indexes, Int32(truncatingIfNeeded: index), &version) }
            let need = versions.byIndex[version & 0x7fff]
            // ELF64_ST_BIND: the upper half of st_info.
            let isWeak = symbol.st_info >> 4 == UInt8(STB_WEAK)
            found.append(
                ELFFile.Import(
                    name: try text(at: UInt64(symbol.st_name)), version: need?.node, library: need?.library,
                    isWeak: isWeak))
        }
        return (found, versions.needs)
    }

    private func table(_ address: UInt64, _ count: UInt64, _ type: Elf_Type, _ what: String) throws(ELFError)
        -> UnsafeMutablePointer<Elf_Data>
    {
        let place = try image.locate(address, what)
        let (size, overflow) = count.multipliedReportingOverflow(
            by: UInt64(gelf_fsize(image.elf, type, 1, UInt32(EV_CURRENT))))
        guard !overflow, size <= place.available else { throw ELFError("its \(what) lies outside its segment") }
        return try image.chunk(offset: place.offset, size: size, type, what)
    }
}
