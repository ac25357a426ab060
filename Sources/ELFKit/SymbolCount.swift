import CElf

/// How many entries the dynamic symbol table has. The dynamic segment does not say; the hash tables and the
/// relocations do, each in part, and the largest answer is taken, so that no import goes unseen.
///
/// Sources: gABI chapter 5, "Hash Table"; for DT_GNU_HASH the layout in glibc elf/dl-lookup.c.
struct SymbolCount {
    let image: ELFImage
    let value: (Int32) -> UInt64?

    func count() throws(ELFError) -> UInt64 {
        guard value(DT_HASH) != nil || value(DT_GNU_HASH) != nil else {
            throw ELFError("it has a symbol table but no hash table to tell its length")
        }
        return max(try fromHash(), try fromGNUHash(), try fromRelocations())
    }

    private func fromHash() throws(ELFError) -> UInt64 {
        guard let address = value(DT_HASH) else { return 0 }
        // nbucket, nchain, …: one chain entry a symbol.
        return UInt64(try words(address, 2, "hash table")[1])
    }

    private func fromGNUHash() throws(ELFError) -> UInt64 {
        guard let address = value(DT_GNU_HASH) else { return 0 }
        let head = try words(address, 4, "GNU hash table")
        let (bucketCount, first, bloomWords) = (UInt64(head[0]), UInt64(head[1]), UInt64(head[2]))
        let bloomWordBytes: UInt64 = gelf_getclass(image.elf) == ELFCLASS64 ? 8 : 4
        let buckets = address &+ 16 &+ bloomWords * bloomWordBytes
        guard bucketCount > 0 else { return first }
        let last = UInt64(try words(buckets, bucketCount, "GNU hash table").max() ?? 0)
        // Undefined symbols come before `first` and are in no bucket.
        guard last >= first else { return first }
        let place = try image.locate(buckets &+ 4 &* (bucketCount &+ last &- first), "GNU hash table")
        let data = try image.chunk(
            offset: place.offset, size: place.available & ~3, ELF_T_WORD, "GNU hash table")
        // The lowest bit of a chain entry marks the end of its bucket.
        guard let end = words(data).firstIndex(where: { $0 & 1 == 1 }) else {
            throw ELFError("its GNU hash table has no end")
        }
        return last + UInt64(end) + 1
    }

    private func fromRelocations() throws(ELFError) -> UInt64 {
        var largest: UInt64 = 0
        var tables = [(DT_RELA, DT_RELASZ)]
        if value(DT_PLTREL) == UInt64(DT_RELA) { tables.append((DT_JMPREL, DT_PLTRELSZ)) }
        for (table, size) in tables {
            guard let address = value(table), let size = value(size), size > 0 else { continue }
            let place = try image.locate(address, "relocation table")
            guard size <= place.available else { throw ELFError("its relocation table lies outside its segment") }
            let data = try image.chunk(offset: place.offset, size: size, ELF_T_RELA, "relocation table")
            var relocation = GElf_Rela()
            var index: Int32 = 0
            while gelf_getrela(data, index, &relocation) != nil {
                // ELF64_R_SYM; gelf gives the entries of a 32-bit file in this form too.
                largest = max(largest, relocation.r_info >> 32)
                index += 1
            }
        }
        return largest == 0 ? 0 : largest + 1
    }

    private func words(_ address: UInt64, _ count: UInt64, _ what: String) throws(ELFError) -> [UInt32] {
        let place = try image.locate(address, what)
        let (size, overflow) = count.multipliedReportingOverflow(by: 4)
        guard !overflow, size <= place.available else { throw ELFError("its \(what) lies outside its segment") }
        return words(try image.chunk(offset: place.offset, size: size, ELF_T_WORD, what))
    }

    private func words(_ data: UnsafeMutablePointer<Elf_Data>) -> [UInt32] {
        guard let start = data.pointee.d_buf else { return [] }
        return (0..<data.pointee.d_size / 4).map { start.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self) }
    }
}
