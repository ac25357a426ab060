public import PackageAudit
import RPMKit

/// A package that breaks exactly one rule: how to make it as a value, and as a spec for rpmbuild.
public struct PackageFlaw: Sendable, CustomStringConvertible {
    public let check: Check
    /// What was done to the package, in a few words.
    public let title: String
    /// What the finding's reason says.
    public let reason: String
    /// Puts the flaw into a value.
    public let inValue: @Sendable (inout PackageFixture) -> Void
    /// Puts the flaw into a spec; nil where rpmbuild cannot be brought to make it.
    public let inSpec: (@Sendable (inout RPMFixture) -> Void)?

    init(
        _ check: Check, _ title: String, reason: String, value: @escaping @Sendable (inout PackageFixture) -> Void,
        spec: (@Sendable (inout RPMFixture) -> Void)?
    ) {
        self.check = check
        self.title = title
        self.reason = reason
        inValue = value
        inSpec = spec
    }

    public var description: String { "\(check.rawValue), \(title)" }

    /// Every flaw, at least one a check of `Check.ofPackage`.
    public static let all = privileges + ownership + header + macros + traces

    private static let privileges = [
        PackageFlaw(.privileges, "with a setuid file", reason: "setuid (mode 4755)") {
            $0.setMode(0o104755)
        } spec: {
            $0.attributes = "%attr(4755,root,root)"
        },
        PackageFlaw(.privileges, "with a setgid file", reason: "setgid (mode 2755)") {
            $0.setMode(0o102755)
        } spec: {
            $0.attributes = "%attr(2755,root,root)"
        },
        PackageFlaw(.privileges, "with a sticky folder", reason: "sticky (mode 1755)") {
            $0.files.append(PackagedFile(path: "/opt/share/sticky", mode: 0o041755))
        } spec: {
            $0.files.append("%dir %attr(1755,root,root) /opt/share/sticky")
            $0.install.append("mkdir -p %{buildroot}/opt/share/sticky")
        },
        PackageFlaw(.privileges, "with a capability", reason: "cap_net_raw") {
            $0.files[2] = PackagedFile(
                path: RPMFixture.textPath, mode: 0o100644, digest: "00", capabilities: "cap_net_raw=ep")
        } spec: {
            $0.attributes = "%attr(0644,root,root) %caps(cap_net_raw=ep)"
        },
        PackageFlaw(.privileges, "with a device node", reason: "device node") {
            $0.files.append(PackagedFile(path: "/opt/share/null", mode: 0o020644))
        } spec: {
            $0.files.append("%dev(c,1,3) %attr(0644,root,root) /opt/share/null")
        },
    ]

    private static let ownership = [
        PackageFlaw(.worldWritable, "with a file for everyone to write", reason: "everyone may write it (mode 0666)") {
            $0.setMode(0o100666)
        } spec: {
            $0.attributes = "%attr(0666,root,root)"
        },
        PackageFlaw(.owners, "with another owner", reason: "belongs to nobody:root") {
            $0.setOwner("nobody", "root")
        } spec: {
            $0.attributes = "%attr(0644,nobody,root)"
        },
        PackageFlaw(.owners, "with another group", reason: "belongs to root:games") {
            $0.setOwner("root", "games")
        } spec: {
            $0.attributes = "%attr(0644,root,games)"
        },
    ]

    private static let header = [
        tag("buildhost", "farm7", macro: "_buildhost"), tag("vendor", "Debian", macro: "vendor"),
        tag("packager", "Max", macro: "packager"), tag("distribution", "Lab", macro: "distribution"),
        tag("disturl", "https://lab.invalid", macro: "disturl"),
        PackageFlaw(.header, "built at another time", reason: "BUILDTIME is ") {
            $0.tags["buildtime"] = ["1700000001"]
        } spec: {
            $0.usesBuildTime = false
        },
        PackageFlaw(.header, "with MD5 digests", reason: "FILEDIGESTALGO is absent, not '8'") {
            // rpm writes no algorithm where it is MD5.
            $0.tags["filedigestalgo"] = nil
        } spec: {
            $0.macros["_binary_filedigest_algorithm"] = "1"
        },
        PackageFlaw(.header, "with a gzip payload", reason: "PAYLOADCOMPRESSOR is 'gzip', not 'zstd'") {
            $0.tags["payloadcompressor"] = ["gzip"]
        } spec: {
            $0.macros["_binary_payload"] = "w9.gzdio"
        },
        PackageFlaw(.header, "with an author in its changelog", reason: "the changelog names 'Max") {
            $0.tags["changelogname"] = ["Max <max@lab.invalid> - 1.0-1"]
        } spec: {
            $0.scriptlets["changelog"] = "* Mon Nov 13 2023 Max <max@lab.invalid> - 1.0-1\n- Made."
        },
    ]

    private static let macros = [
        PackageFlaw(.unexpandedMacros, "with a macro left in a scriptlet", reason: "%nobody_defines_this") {
            $0.scriptlets["post"] = "%nobody_defines_this fixture.service"
        } spec: {
            $0.scriptlets["post"] = "%nobody_defines_this fixture.service"
        },
        PackageFlaw(.unexpandedMacros, "with a macro left in its address", reason: "URL holds") {
            $0.tags["url"] = ["https://lab.invalid/%{nobody_defines_this}"]
        } spec: {
            $0.preamble.append("URL: https://lab.invalid/%{nobody_defines_this}")
        },
        PackageFlaw(.unexpandedMacros, "with a macro left in a file's name", reason: "the name of a file holds") {
            $0.files.append(PackagedFile(path: "%{_nowhere_defined}/x", mode: 0o040755))
        } spec: {
            $0.files.append("%dir \"/opt/share/%{nobody_defines_this}\"")
            $0.install.append("mkdir -p '%{buildroot}/opt/share/%{nobody_defines_this}'")
        },
    ]

    private static let traces = [
        PackageFlaw(.testSwitches, "with a switch for tests in a text file", reason: "UNTOCHAT_TEST_CONTEXT") {
            $0.setText("export UNTOCHAT_TEST_CONTEXT=1\n")
        } spec: {
            $0.text = "export UNTOCHAT_TEST_CONTEXT=1\n"
        },
        PackageFlaw(.leaks, "with the build folder in a text file", reason: "the builder's build folder") {
            $0.setText("made in /srv/factory/rpmbuild\n")
        } spec: {
            $0.text = "made in /srv/factory/rpmbuild\n"
        },
        PackageFlaw(.leaks, "with the builder's name in a scriptlet", reason: "the builder's user name") {
            $0.scriptlets["preun"] = "# joanna wrote this\n:"
        } spec: {
            $0.scriptlets["preun"] = "# joanna wrote this\n:"
        },
        PackageFlaw(.leaks, "with a home folder in a link", reason: "a path of a build machine") {
            $0.files.append(PackagedFile(path: "/opt/share/l", mode: 0o120777, linkTarget: "/home/max/x"))
        } spec: {
            $0.files.append("/opt/share/l")
            $0.install.append("ln -s /home/max/x %{buildroot}/opt/share/l")
        },
        PackageFlaw(.leaks, "without the content of a file", reason: "not in the payload") {
            $0.contents[RPMFixture.textPath] = nil
        } spec: {
            $0.attributes = "%ghost %attr(0644,root,root)"
        },
    ]

    private static func tag(_ name: String, _ value: String, macro: String) -> PackageFlaw {
        PackageFlaw(.header, "with \(name) \(value)", reason: "\(name.uppercased()) is '\(value)'") {
            $0.tags[name] = [value]
        } spec: {
            $0.macros[macro] = value
        }
    }
}

extension PackageFixture {
    /// The text file's entry in `files` is the third.
    fileprivate mutating func setMode(_ mode: UInt16) {
        files[2] = PackagedFile(path: RPMFixture.textPath, mode: mode, digest: "00")
    }

    fileprivate mutating func setOwner(_ owner: String, _ group: String) {
        files[2] = PackagedFile(
            path: RPMFixture.textPath, mode: 0o100644, owner: owner, group: group, digest: "00")
    }

    fileprivate mutating func setText(_ text: String) { contents[RPMFixture.textPath] = Array(text.utf8) }
}
