import RestrictedShell

@main struct Untosh { static func main() {} }
