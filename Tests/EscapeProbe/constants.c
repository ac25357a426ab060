#define _GNU_SOURCE
#include "probe.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kd.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/vt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>

#define NAMED(name) {#name, (long)(name)}

static const struct {
    const char *name;
    long value;
} constants[] = {
    NAMED(ADDR_NO_RANDOMIZE),
    NAMED(AF_ALG),
    NAMED(AF_APPLETALK),
    NAMED(AF_ATMPVC),
    NAMED(AF_AX25),
    NAMED(AF_BLUETOOTH),
    NAMED(AF_CAIF),
    NAMED(AF_CAN),
    NAMED(AF_IB),
    NAMED(AF_IEEE802154),
    NAMED(AF_INET),
    NAMED(AF_INET6),
    NAMED(AF_IPX),
    NAMED(AF_ISDN),
    NAMED(AF_IUCV),
    NAMED(AF_KCM),
    NAMED(AF_KEY),
    NAMED(AF_LLC),
    NAMED(AF_MCTP),
    NAMED(AF_MPLS),
    NAMED(AF_NETLINK),
    NAMED(AF_NETROM),
    NAMED(AF_NFC),
    NAMED(AF_PACKET),
    NAMED(AF_PHONET),
    NAMED(AF_PPPOX),
    NAMED(AF_QIPCRTR),
    NAMED(AF_RDS),
    NAMED(AF_ROSE),
    NAMED(AF_RXRPC),
    NAMED(AF_SMC),
    NAMED(AF_TIPC),
    NAMED(AF_UNIX),
    NAMED(AF_VSOCK),
    NAMED(AF_X25),
    NAMED(AF_XDP),
    NAMED(AT_EMPTY_PATH),
    NAMED(AT_FDCWD),
    NAMED(BPF_MAP_CREATE),
    NAMED(BPF_OBJ_GET),
    NAMED(BPF_PROG_GET_NEXT_ID),
    NAMED(BPF_PROG_LOAD),
    NAMED(CLOCK_BOOTTIME),
    NAMED(CLOCK_REALTIME),
    NAMED(CLOCK_REALTIME_ALARM),
    NAMED(CLONE_FILES),
    NAMED(CLONE_NEWCGROUP),
    NAMED(CLONE_NEWIPC),
    NAMED(CLONE_NEWNET),
    NAMED(CLONE_NEWNS),
    NAMED(CLONE_NEWPID),
    NAMED(CLONE_NEWTIME),
    NAMED(CLONE_NEWUSER),
    NAMED(CLONE_NEWUTS),
    NAMED(FAN_CLASS_CONTENT),
    NAMED(FIOASYNC),
    NAMED(FIONBIO),
    NAMED(FIONREAD),
    NAMED(F_NOTIFY),
    NAMED(F_SETLEASE),
    NAMED(IN_ALL_EVENTS),
    NAMED(IPPROTO_DCCP),
    NAMED(IPPROTO_ICMP),
    NAMED(IPPROTO_IP),
    NAMED(IPPROTO_MPTCP),
    NAMED(IPPROTO_SCTP),
    NAMED(IPPROTO_TCP),
    NAMED(IPPROTO_UDPLITE),
    NAMED(IP_TRANSPARENT),
    NAMED(KDGKBTYPE),
    NAMED(KEYCTL_DESCRIBE),
    NAMED(KEYCTL_GET_KEYRING_ID),
    NAMED(KEYCTL_GET_PERSISTENT),
    NAMED(KEYCTL_GET_SECURITY),
    NAMED(KEYCTL_JOIN_SESSION_KEYRING),
    NAMED(KEYCTL_READ),
    NAMED(KEYCTL_SEARCH),
    NAMED(KEYCTL_SESSION_TO_PARENT),
    NAMED(KEYCTL_SETPERM),
    NAMED(KEY_SPEC_PROCESS_KEYRING),
    NAMED(KEY_SPEC_SESSION_KEYRING),
    NAMED(KEY_SPEC_USER_KEYRING),
    NAMED(MAP_ANONYMOUS),
    NAMED(MAP_FIXED),
    NAMED(MAP_PRIVATE),
    NAMED(MAP_SHARED),
    NAMED(MCL_CURRENT),
    NAMED(MFD_CLOEXEC),
    NAMED(MNT_DETACH),
    NAMED(MSG_DONTWAIT),
    NAMED(MSG_FASTOPEN),
    NAMED(MS_BIND),
    NAMED(MS_PRIVATE),
    NAMED(MS_REC),
    NAMED(MS_REMOUNT),
    NAMED(NETLINK_AUDIT),
    NAMED(NETLINK_CONNECTOR),
    NAMED(NETLINK_CRYPTO),
    NAMED(NETLINK_DNRTMSG),
    NAMED(NETLINK_FIB_LOOKUP),
    NAMED(NETLINK_GENERIC),
    NAMED(NETLINK_ISCSI),
    NAMED(NETLINK_KOBJECT_UEVENT),
    NAMED(NETLINK_NETFILTER),
    NAMED(NETLINK_NFLOG),
    NAMED(NETLINK_RDMA),
    NAMED(NETLINK_ROUTE),
    NAMED(NETLINK_SCSITRANSPORT),
    NAMED(NETLINK_SELINUX),
    NAMED(NETLINK_SOCK_DIAG),
    NAMED(NETLINK_USERSOCK),
    NAMED(NETLINK_XFRM),
    NAMED(O_CREAT),
    NAMED(O_DIRECTORY),
    NAMED(O_NONBLOCK),
    NAMED(O_PATH),
    NAMED(O_RDONLY),
    NAMED(O_RDWR),
    NAMED(O_TMPFILE),
    NAMED(O_WRONLY),
    NAMED(PRIO_PROCESS),
    NAMED(PROT_EXEC),
    NAMED(PROT_READ),
    NAMED(PROT_WRITE),
    NAMED(PR_CAPBSET_DROP),
    NAMED(PR_CAP_AMBIENT),
    NAMED(PR_CAP_AMBIENT_RAISE),
    NAMED(PR_SET_DUMPABLE),
    NAMED(PR_SET_MM),
    NAMED(PR_SET_MM_ARG_START),
    NAMED(PR_SET_NAME),
    NAMED(PR_SET_NO_NEW_PRIVS),
    NAMED(PR_SET_PTRACER),
    NAMED(PR_SET_SECUREBITS),
    NAMED(PTRACE_SEIZE),
    NAMED(PTRACE_TRACEME),
    NAMED(READ_IMPLIES_EXEC),
    NAMED(RLIMIT_NOFILE),
    NAMED(SCHED_BATCH),
    NAMED(SCHED_FIFO),
    NAMED(SECCOMP_FILTER_FLAG_NEW_LISTENER),
    NAMED(SECCOMP_SET_MODE_FILTER),
    NAMED(SIGCHLD),
    NAMED(SIOCGIFADDR),
    NAMED(SIOCGIFCONF),
    NAMED(SIOCGIFHWADDR),
    NAMED(SOCK_DGRAM),
    NAMED(SOCK_NONBLOCK),
    NAMED(SOCK_PACKET),
    NAMED(SOCK_RAW),
    NAMED(SOCK_RDM),
    NAMED(SOCK_SEQPACKET),
    NAMED(SOCK_STREAM),
    NAMED(SOL_SOCKET),
    NAMED(SO_ATTACH_FILTER),
    NAMED(SO_BINDTODEVICE),
    NAMED(SO_MARK),
    NAMED(S_IFCHR),
    NAMED(S_IFIFO),
    NAMED(S_IFSOCK),
    NAMED(TCGETS),
    NAMED(TCP_FASTOPEN_CONNECT),
    NAMED(TCP_REPAIR),
    NAMED(TCP_ULP),
    NAMED(TIOCCONS),
    NAMED(TIOCEXCL),
    NAMED(TIOCGPTN),
    NAMED(TIOCGPTPEER),
    NAMED(TIOCGSID),
    NAMED(TIOCGWINSZ),
    NAMED(TIOCLINUX),
    NAMED(TIOCNOTTY),
    NAMED(TIOCOUTQ),
    NAMED(TIOCPKT),
    NAMED(TIOCSCTTY),
    NAMED(TIOCSETD),
    NAMED(TIOCSSERIAL),
    NAMED(TIOCSTI),
    NAMED(TIOCSWINSZ),
    NAMED(TIOCVHANGUP),
    NAMED(VT_ACTIVATE),
};

bool constant_value(const char *name, size_t length, long *out) {
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (strlen(constants[i].name) == length && strncmp(constants[i].name, name, length) == 0) {
            *out = constants[i].value;
            return true;
        }
    return false;
}
