import ReleaseSupport
import SystemPackage

extension TorNetwork {
    /// Offers an onion service without any client's key, which leads from `port` to `target` of 127.0.0.1, and waits until
    /// its descriptor can be had.
    ///
    /// - Returns: the address, with ".onion".
    public func publish(_ name: String, port: Int, to target: Int) async throws -> String {
        let service = onionHost.folder.appending(name)
        try Files.write(
            "HiddenServiceDir \(service)\nHiddenServicePort \(port) 127.0.0.1:\(target)\n",
            to: onionConfiguration.appending("\(name).conf"))
        let control = try await TorControl.connect(to: onionHost)
        let watch = try await TorControl.connect(to: onionHost)
        try await watch.follow("HS_DESC")
        try await control.reload()
        let address = try Files.text(service.appending("hostname")).trimmingSuffix()
        try await watch.waitForUpload(of: String(address.dropLast(6)))
        return address
    }
}

extension TorControl {
    /// Waits until every keeper of descriptors has what it is given of the onion service `address`, without ".onion". The
    /// events HS_DESC must be followed since before it was given.
    public func waitForUpload(of address: String) async throws {
        var (begun, done) = (0, 0)
        // There are two descriptors: for this period of time, and for the one before or after it.
        while done < begun || done < 2 {
            let event = try await expect(#"650 HS_DESC UPLOAD(ED)? .*\n"#)
            guard let last = event.split(separator: "\n").last, last.contains(" \(address) ") else { continue }
            if last.contains("UPLOADED") { done += 1 } else { begun += 1 }
        }
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String { String(prefix { !$0.isNewline }) }
}
