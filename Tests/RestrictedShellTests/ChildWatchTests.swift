import Testing

@testable import RestrictedShell

@Suite struct ChildWatchTests {
    @Test("a program that ends by itself brings the prompt back; one that is killed does not")
    func ends() {
        var watch = ChildWatch()
        #expect(watch.receive(.exited(3), at: 0) == [] && watch.outcome == .returned(3))
        watch = ChildWatch()
        #expect(watch.receive(.killed(9), at: 0) == [] && watch.outcome == .died(9))
    }

    @Test("a signal or a lost terminal hangs the program up; if it does not leave it is killed, and then given up")
    func escalates() {
        for (event, cause) in [
            (ChildWatch.Event.signal(15), ChildWatch.Cause.signal(15)), (.terminalGone, .terminalGone),
        ] {
            var watch = ChildWatch()
            #expect(watch.timeout(at: 0) == -1 && watch.watchesTerminal)
            #expect(watch.receive(event, at: 100) == [1, 18])
            #expect(!watch.watchesTerminal && watch.timeout(at: 100) == 2000)
            #expect(watch.receive(.timePassed, at: 2099) == [] && watch.timeout(at: 2099) == 1)
            #expect(watch.receive(.timePassed, at: 2100) == [9] && watch.outcome == nil)
            #expect(watch.receive(.timePassed, at: 3099) == [] && watch.outcome == nil)
            #expect(watch.receive(.timePassed, at: 3100) == [] && watch.outcome == .ended(cause))
        }
    }

    @Test("once the end has begun nothing stops it: neither more signals nor how the program ends")
    func staysEnding() {
        for last in [ChildWatch.Event.exited(0), .killed(1)] {
            var watch = ChildWatch()
            _ = watch.receive(.signal(1), at: 0)
            #expect(watch.receive(.signal(15), at: 5) == [] && watch.receive(.terminalGone, at: 6) == [])
            #expect(watch.receive(.stopped, at: 7) == [18])
            #expect(watch.receive(last, at: 8) == [] && watch.outcome == .ended(.signal(1)))
            #expect(watch.receive(.signal(2), at: 9) == [] && watch.outcome == .ended(.signal(1)))
        }
    }

    @Test("a flood of signals does not put the end off")
    func flood() {
        var watch = ChildWatch()
        _ = watch.receive(.signal(15), at: 0)
        var sent: [Int32] = []
        for now in Int64(1)...4000 { sent += watch.receive(.signal(18), at: now) }
        #expect(sent == [9] && watch.outcome == .ended(.signal(15)))
    }

    @Test("seven signals mean nothing; all others end the session")
    func signals() {
        let harmless: Set<Int32> = [17, 18, 20, 21, 22, 23, 28]
        for number: Int32 in 1...64 {
            #expect(Signal.endsSession(number) == !harmless.contains(number))
            var watch = ChildWatch()
            #expect(watch.receive(.signal(number), at: 0).isEmpty == harmless.contains(number))
            #expect(watch.outcome == nil)
        }
    }

    @Test("a program that stops is told to go on")
    func stopped() {
        var watch = ChildWatch()
        #expect(watch.receive(.stopped, at: 0) == [18] && watch.outcome == nil && watch.timeout(at: 0) == -1)
    }

    @Test("whatever happens in whatever order, an end that has begun is over in three seconds")
    func random() {
        for _ in 0..<2000 {
            var watch = ChildWatch()
            _ = watch.receive(.signal(15), at: 0)
            var now: Int64 = 0
            while watch.outcome == nil {
                #expect(now <= 3000 + 60)
                now += Int64.random(in: 1...30)
                let events: [ChildWatch.Event] = [.terminalGone, .signal(.random(in: 1...64)), .timePassed, .stopped]
                _ = watch.receive(events.randomElement() ?? .timePassed, at: now)
            }
        }
    }

    @Test("the idle limit counts from the last sign of life and is never negative")
    func idle() {
        var idle = IdleLimit(from: 1000)
        #expect(idle.remaining(at: 1000) == 30 * 60 * 1000)
        #expect(idle.remaining(at: 1000 + 30 * 60 * 1000) == 0)
        #expect(idle.remaining(at: .max) == 0)
        idle.restart(at: 5000)
        #expect(idle.remaining(at: 6000) == 30 * 60 * 1000 - 1000)
    }
}
