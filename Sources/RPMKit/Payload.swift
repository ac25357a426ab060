import CRPM
public import SystemPackage

extension Package {
    /// Reads the payload of the package file `path` once, from front to back, and hands `body` each regular file with
    /// its bytes. Hard-linked names past the first come with no bytes and are left out.
    ///
    /// - Throws: `RPMError` for a damaged payload (each file's digest is checked), and what `body` throws.
    public static func forEachFile(in path: FilePath, _ body: (PackagedFile, [UInt8]) throws -> Void) throws {
        try Library.use {
            try withHeader(path) { header, file in
                let described = Dictionary(
                    Package(header).files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
                let compressor = header.text(RPMTAG_PAYLOADCOMPRESSOR)
                guard let payload = Fdopen(fdDup(Fileno(file)), "r.\(ioName(compressor))") else {
                    throw RPMError("\(path): payload compression \(compressor) is not supported by this librpm")
                }
                defer { Fclose(payload) }
                let files = rpmfilesNew(nil, header, 0, rpmfiFlags(RPMFI_KEEPHEADER.rawValue))
                defer { rpmfilesFree(files) }
                let archive = rpmfiNewArchiveReader(payload, files, Int32(RPMFI_ITER_READ_ARCHIVE.rawValue))
                defer {
                    rpmfiArchiveClose(archive)
                    rpmfiFree(archive)
                }
                var code = rpmfiNext(archive)
                while code >= 0 {
                    if rpmfiArchiveHasContent(archive) != 0, let name = rpmfiFN(archive) {
                        let bytes = try content(of: archive, in: path)
                        if let file = described[String(cString: name)] { try body(file, bytes) }
                    }
                    code = rpmfiNext(archive)
                }
                guard code == Int32(RPMERR_ITER_END.rawValue) else { throw RPMError("\(path): damaged payload") }
            }
        }
    }

    private static func content(of archive: rpmfi?, in path: FilePath) throws -> [UInt8] {
        let size = Int(rpmfiFSize(archive))
        // A header may claim any size; 1 GiB is far above anything we ship and far below what would hurt.
        guard size <= 1 << 30 else { throw RPMError("\(path): a file of \(size) bytes in the payload") }
        var bytes = [UInt8](repeating: 0, count: size)
        var filled = 0
        while filled < size {
            let read = bytes.withUnsafeMutableBytes { buffer in
                rpmfiArchiveRead(archive, buffer.baseAddress.map { $0 + filled }, size - filled)
            }
            guard read > 0 else { throw RPMError("\(path): damaged payload") }
            filled += read
        }
        return bytes
    }

    /// The rpmio name of a payload compressor tag.
    private static func ioName(_ compressor: String) -> String {
        switch compressor {
        case "": "gzdio"
        case "zstd": "zstdio"
        case "gzip": "gzdio"
        case "bzip2": "bzdio"
        case "xz", "lzma": "xzdio"
        default: "ufdio"
        }
    }
}
