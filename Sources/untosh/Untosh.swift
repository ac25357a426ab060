import CPosix
import RestrictedShell

@main struct Untosh { static func main() { exit(1) } }
