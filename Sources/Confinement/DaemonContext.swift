/// Refuses unless this process runs in exactly this SELinux context. A daemon asks for nothing else here: it has no
/// terminal and no chat user's environment.
public func requireContext(_ expected: StaticString) throws(Refusal) {
    try examineContext(SELinux.current(), expected: Bytes(expected))
}
