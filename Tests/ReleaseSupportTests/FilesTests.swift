import Dispatch
import Foundation
import ReleaseSupport
import SystemPackage
import Testing

@Suite("Files")
struct FilesTests {
    @Test("many who remove the same file at once all succeed")
    func removedByManyAtOnce() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("socket")
            for _ in 0..<500 {
                try Files.write("", to: file)
                DispatchQueue.concurrentPerform(iterations: 4) { _ in
                    #expect(throws: Never.self) { try Files.remove(file) }
                }
                #expect(!Files.exists(file))
            }
        }
    }

    @Test("what cannot be removed is an error that names it, and nothing that is not there is one")
    func refused() throws {
        try Files.remove("/proc/self/no-such-file")
        let error = #expect(throws: (any Error).self) { try Files.remove("/proc/self/status") }
        #expect("\(String(describing: error))".contains("/proc/self/status"))
    }
}
