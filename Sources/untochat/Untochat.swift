import ArgumentParser
import ReleasePipeline

@main struct Untochat: AsyncParsableCommand {}
