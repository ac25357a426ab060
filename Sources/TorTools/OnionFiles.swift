import CAdminTools
import CPosix
import CTorTools
import TorService

/// The files of the onion service. Everything is done by descriptors of the folders: they belong to tor, and whoever has
/// taken tor over must not lead root elsewhere.
struct OnionFiles: ~Copyable {
    private let configuration: Int32
    private let service: Int32
    private let clientFolder: Int32
    private let owner: (uid: UInt32, gid: UInt32)
    private let places: Places

    /// Opens the folders, and makes those of the service where they are missing.
    ///
    /// - Throws: a sentence that says what is missing.
    init(_ places: Places) throws(Failure) {
        var (uid, gid): (UInt32, UInt32) = (0, 0)
        guard ctor_user(places.user, &uid, &gid) == 0 else {
            throw Failure("user " + places.user + " is not there: is tor installed?")
        }
        let configuration = ctor_open_folder(CPOSIX_WORKING_DIRECTORY, places.configuration)
        guard configuration >= 0 else { throw Failure(places.configuration + ": cannot be opened") }
        guard ctor_lock(configuration, ".untochat-onion.lock") >= 0 else {
            throw Failure("another untochat-onion is at work")
        }
        let data = ctor_open_folder(CPOSIX_WORKING_DIRECTORY, places.data)
        guard data >= 0 else { throw Failure(places.data + ": cannot be opened") }
        defer { cposix_close(data) }
        let service = ctor_make_folder(data, Places.service, uid, gid)
        let clients = service < 0 ? -1 : ctor_make_folder(service, Places.clients, uid, gid)
        guard clients >= 0 else { throw Failure(places.data + "/" + Places.service + ": cannot be made") }
        self.configuration = configuration
        self.service = service
        clientFolder = clients
        owner = (uid, gid)
        self.places = places
    }

    // MARK: - The service

    var isEnabled: Bool { ctor_has_file(configuration, Places.fragment) }

    func enable() throws(Failure) {
        let text = OnionService.configuration(folder: places.data + "/" + Places.service, target: places.target)
        let bytes = Array(text.utf8)
        guard ctor_write_file(configuration, Places.fragment, bytes, bytes.count, 0o644, 0, 0) == 0 else {
            throw Failure(places.configuration + "/" + Places.fragment + ": cannot be written")
        }
    }

    func disable() throws(Failure) {
        guard ctor_remove_file(configuration, Places.fragment) == 0 else {
            throw Failure(places.configuration + "/" + Places.fragment + ": cannot be removed")
        }
    }

    /// Without ".onion"; `nil` where there is no key.
    var address: String? {
        var file = [UInt8](repeating: 0, count: 64)
        guard ctor_has_file(service, Places.secretKey), ctor_read_file(service, Places.publicKey, &file, 64) == 64
        else {
            return nil
        }
        return Self.address(of: Array(file[32...]))
    }

    /// Gives the address, with a new key where there is none.
    func makeAddress() throws(Failure) -> String {
        if let address { return address }
        var secret = [UInt8](repeating: 0, count: 32 + Int(CTOR_EXPANDED_KEY))
        var key = [UInt8](repeating: 0, count: Int(CTOR_KEY))
        defer { cadmin_wipe(&secret, secret.count) }
        let header = OnionService.secretKeyHeader
        for index in 0..<32 { secret[index] = header[index] }
        let isMade = secret.withUnsafeMutableBufferPointer { secret in
            secret.baseAddress.map { ctor_make_service_key($0 + 32, &key) } == 0
        }
        guard isMade, let address = Self.address(of: key) else { throw Failure("no key can be made") }
        // The secret key last: without it the others are nothing, and are made anew.
        guard write(OnionService.publicKeyFile(key), to: Places.publicKey, in: service),
            write(Array((address + ".onion\n").utf8), to: Places.hostname, in: service),
            ctor_write_file(service, Places.secretKey, secret, secret.count, 0o600, owner.uid, owner.gid) == 0
        else { throw Failure("the key cannot be written") }
        return address
    }

    func removeAddress() throws(Failure) {
        for name in [Places.secretKey, Places.publicKey, Places.hostname]
        where ctor_remove_file(service, name) != 0 { throw Failure(name + ": cannot be removed") }
    }

    // MARK: - Clients

    var clients: [String] {
        let names = Names()
        _ = ctor_list(
            clientFolder,
            { context, name in
                guard let context, let name else { return false }
                Unmanaged<Names>.fromOpaque(context).takeUnretainedValue().add(String(cString: name))
                return true
            }, Unmanaged.passUnretained(names).toOpaque())
        return names.all.sorted()
    }

    private final class Names {
        var all: [String] = []

        func add(_ file: String) {
            if let name = ClientName(file: file) { all.append(name.text) }
        }
    }

    func has(_ client: ClientName) -> Bool { ctor_has_file(clientFolder, client.file) }

    func add(_ client: ClientName, key: [UInt8]) throws(Failure) {
        guard write(Array(OnionService.authorization(ofKey: key).utf8), to: client.file, in: clientFolder) else {
            throw Failure(client.file + ": cannot be written")
        }
    }

    func remove(_ client: ClientName) throws(Failure) {
        guard ctor_remove_file(clientFolder, client.file) == 0 else {
            throw Failure(client.file + ": cannot be removed")
        }
    }

    private func write(_ bytes: [UInt8], to name: String, in folder: Int32) -> Bool {
        ctor_write_file(folder, name, bytes, bytes.count, 0o600, owner.uid, owner.gid) == 0
    }

    private static func address(of key: [UInt8]) -> String? {
        let input = OnionService.checksumInput(for: key)
        var digest = [UInt8](repeating: 0, count: 32)
        guard ctor_sha3_256(input, input.count, &digest) == 0 else { return nil }
        return OnionService.address(ofKey: key, digest: digest)
    }
}

/// Why something was not done, in one sentence.
struct Failure: Error {
    let text: String

    init(_ text: String) { self.text = text }
}
