/// stub
public actor Reporter {
    public init() {}
    public func start(_ component: String, _ stage: Stage) { print(component, stage) }
    public func finish(_ component: String, note: String) { print(component, note) }
    public func fail(_ component: String, _ error: any Error) { print(component, error) }
    public func warn(_ text: String) { print(text) }
}
