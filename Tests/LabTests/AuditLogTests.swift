import Testing

@testable import Lab

@Suite("Audit log")
struct AuditLogTests {
    private let log = """
        type=AVC msg=audit(1.1:1): avc:  denied  { read } for  pid=7 comm="untosh" name="shadow" scontext=untochat_u:untochat_r:untochat_t:s0 tcontext=system_u:object_r:shadow_t:s0 tclass=file permissive=0
        type=USER msg=audit(1.1:2): pid=8 uid=0 text=mark-1
        type=AVC msg=audit(1.1:3): avc:  denied  { read } for  pid=9 comm="untosh" name="untochat" scontext=system_u:system_r:sshd_t:s0 tcontext=system_u:object_r:etc_t:s0 tclass=file permissive=0
        type=AVC msg=audit(1.1:4): avc:  denied  { connect } for  pid=9 comm="x" scontext=system_u:system_r:ngircdus_t:s0 tcontext=system_u:system_r:ngircdus_t:s0 tclass=tcp_socket permissive=0
        type=AVC msg=audit(1.1:5): avc:  granted  { load_policy } for  pid=9 comm="x" scontext=untochat_u:untochat_r:untochat_t:s0 tcontext=x
        type=SELINUX_ERR msg=audit(1.1:6): op=security_compute_sid invalid_context=untochat_u:system_r:init_t:s0 scontext=a tcontext=b
        type=USER msg=audit(1.1:7): pid=8 uid=0 text=mark-2
        type=AVC msg=audit(1.1:8): avc:  denied  { read } for  pid=7 scontext=untochat_u:untochat_r:irssius_t:s0 tcontext=x
        """

    private func numbers(_ lines: [String]) -> [String] {
        lines.map { String($0.prefix { $0 != ")" }.last ?? " ") }
    }

    @Test("denials of our domains between two marks are found, and nobody else's")
    func between() {
        #expect(numbers(AuditLog.denials(in: log, after: "mark-1", before: "mark-2")) == ["4", "6"])
    }

    @Test("without a first mark everything up to the last one counts")
    func fromTheStart() {
        #expect(numbers(AuditLog.denials(in: log, after: nil, before: "mark-2")) == ["1", "4", "6"])
    }

    @Test("asked for everybody, it leaves out only what was granted")
    func everybody() {
        let found = AuditLog.denials(in: log, after: "mark-1", before: "mark-2", toAnybody: true)
        #expect(numbers(found) == ["3", "4", "6"])
    }

    @Test("in an administrator's session, what the tools' programs were refused counts; semanage's copies do not")
    func administrators() {
        let line = { (user: String, program: String) in
            "type=AVC avc:  denied  { read } for pid=1 comm=\"\(program)\" scontext=\(user):r:t:s0 tcontext=a:b:c:s0"
        }
        let wanted = [line("unconfined_u", "useradd"), line("staff_u", "sudo")]
        let others = [line("unconfined_u", "semanage"), line("system_u", "agetty")]
        #expect(Administrator.refusals(in: wanted + others) == wanted)
    }
}
