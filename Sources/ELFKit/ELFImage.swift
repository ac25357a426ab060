import CElf

/// The edge to libelf: bytes in, checked pieces of them out. Every offset and size from the file is checked here or by
/// libelf before it is used.
final class ELFImage {
    let elf: OpaquePointer
    let header: GElf_Ehdr
    let segments: [GElf_Phdr]
    private let memory: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) throws(ELFError) {
        guard ELFFile.hasMagic(bytes) else { throw ELFError("it does not begin with the ELF magic number") }
        guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else {
            throw ELFError("libelf is too old for ELF version 1")
        }
        // A copy of our own: elf_memory wants memory that is writable, aligned and stays in place.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        memory.copyBytes(from: bytes)
        guard let elf = elf_memory(memory.baseAddress?.assumingMemoryBound(to: CChar.self), memory.count) else {
            memory.deallocate()
            throw ELFError.fromLibrary("it cannot be opened")
        }
        do throws(ELFError) {
            header = try Self.readHeader(elf)
            segments = try Self.readSegments(elf)
        } catch {
            elf_end(elf)
            memory.deallocate()
            throw error
        }
        self.elf = elf
        self.memory = memory
    }

    deinit {
        elf_end(elf)
        memory.deallocate()
    }

    private static func readHeader(_ elf: OpaquePointer) throws(ELFError) -> GElf_Ehdr {
        var header = GElf_Ehdr()
        guard elf_kind(elf) == ELF_K_ELF, gelf_getehdr(elf, &header) != nil else {
            throw ELFError.fromLibrary("its ELF header cannot be read")
        }
        let identification = withUnsafeBytes(of: header.e_ident) { [UInt8]($0) }
        // No target is big-endian, and libelf's conversion is code that hostile input need not meet.
        guard identification[Int(EI_DATA)] == UInt8(ELFDATA2LSB) else { throw ELFError("it is not little-endian") }
        return header
    }

    private static func readSegments(_ elf: OpaquePointer) throws(ELFError) -> [GElf_Phdr] {
        var count = 0
        guard elf_getphdrnum(elf, &count) == 0 else {
            throw ELFError.fromLibrary("its program headers cannot be counted")
        }
        var segments: [GElf_Phdr] = []
        for index in 0..<count {
            var segment = GElf_Phdr()
            guard gelf_getphdr(elf, Int32(truncatingIfNeeded: index), &segment) != nil else {
                throw ELFError.fromLibrary("program header \(index) cannot be read")
            }
            segments.append(segment)
        }
        return segments
    }

    /// A piece of the file as libelf's data of `type`.
    func chunk(offset: UInt64, size: UInt64, _ type: Elf_Type, _ what: String) throws(ELFError)
        -> UnsafeMutablePointer<Elf_Data>
    {
        let (end, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, end <= UInt64(memory.count), size > 0 else {
            throw ELFError("its \(what) lies outside the file")
        }
        guard let data = elf_getdata_rawchunk(elf, Int64(offset), Int(size), type) else {
            throw ELFError.fromLibrary("its \(what) cannot be read")
        }
        return data
    }

    /// A piece of the file as bytes.
    func bytes(offset: UInt64, size: UInt64, _ what: String) throws(ELFError) -> [UInt8] {
        let (end, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, end <= UInt64(memory.count) else { throw ELFError("its \(what) lies outside the file") }
        return [UInt8](memory[Int(offset)..<Int(end)])
    }

    /// Where in the file the byte for the virtual `address` lies, and how many file bytes follow it in its segment.
    func locate(_ address: UInt64, _ what: String) throws(ELFError) -> (offset: UInt64, available: UInt64) {
        for segment in segments where segment.p_type == UInt32(PT_LOAD) {
            guard address >= segment.p_vaddr, address - segment.p_vaddr < segment.p_filesz else { continue }
            let into = address - segment.p_vaddr
            let (offset, overflow) = segment.p_offset.addingReportingOverflow(into)
            guard !overflow, offset < UInt64(memory.count) else { break }
            return (offset, min(segment.p_filesz - into, UInt64(memory.count) - offset))
        }
        throw ELFError("its \(what) is in no loaded segment")
    }

    /// Whether any section is a symbol table or debug information.
    func hasSymbolsOrDebugSections() throws(ELFError) -> Bool {
        guard header.e_shoff != 0 else { return false }
        var names = 0
        guard elf_getshdrstrndx(elf, &names) == 0 else {
            throw ELFError.fromLibrary("its section names cannot be found")
        }
        var section = elf_nextscn(elf, nil)
        while let current = section {
            var header = GElf_Shdr()
            guard gelf_getshdr(current, &header) != nil else {
                throw ELFError.fromLibrary("a section header cannot be read")
            }
            if header.sh_type == UInt32(SHT_SYMTAB) { return true }
            let name = elf_strptr(elf, names, Int(header.sh_name)).map { String(cString: $0) } ?? ""
            // .gnu_debugdata is a compressed symbol table ("mini debug info").
            if name.hasPrefix(".debug") || name.hasPrefix(".zdebug") || name == ".gnu_debugdata" { return true }
            section = elf_nextscn(elf, current)
        }
        return false
    }
}

extension ELFError {
    /// Appends libelf's own words for the last failure in this thread.
    static func fromLibrary(_ what: String) -> ELFError {
        guard let message = elf_errmsg(-1) else { return ELFError(what) }
        return ELFError("\(what): \(String(cString: message))")
    }
}
