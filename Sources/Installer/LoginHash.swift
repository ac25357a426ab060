import CCrypt
import Glibc

/// Passwords as /etc/shadow has them.
public enum LoginHash {
    /// The yescrypt hash of `password` with a new salt from the kernel, at Fedora's cost.
    ///
    /// Source: crypt(5) of libxcrypt, "yescrypt"; crypt_gensalt(3).
    public static func yescrypt(_ password: Passphrase) throws(SystemError) -> String {
        // Prefix and cost are all that must be said; the salt comes from getrandom.
        guard let setting = crypt_gensalt_ra("$y$", 0, nil, 0) else { throw SystemError("no salt for the password") }
        defer { free(setting) }
        let work = UnsafeMutableRawBufferPointer.allocate(
            byteCount: MemoryLayout<crypt_data>.size, alignment: MemoryLayout<crypt_data>.alignment)
        work.initializeMemory(as: UInt8.self, repeating: 0)
        defer {
            wipe(work)
            work.deallocate()
        }
        // A passphrase has no zero byte: its rules refuse control characters.
        var phrase = password.bytes.map { CChar(bitPattern: $0) } + [0]
        defer { phrase.withUnsafeMutableBytes(wipe) }
        guard let state = work.assumingMemoryBound(to: crypt_data.self).baseAddress,
            let hash = crypt_r(phrase, setting, state)
        else { throw SystemError("the password cannot be hashed") }
        let text = String(cString: hash)
        // Whatever a library without yescrypt gives back, it is not this.
        guard text.hasPrefix("$y$") else { throw SystemError("this program's crypt(3) has no yescrypt") }
        return text
    }

    /// Overwrites what held a secret.
    private static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        if let start = memory.baseAddress { explicit_bzero(start, memory.count) }
    }
}
