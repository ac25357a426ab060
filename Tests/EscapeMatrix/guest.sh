#!/bin/bash
# In a guest, as root: what the escape matrix needs there.
#   guest.sh prepare USER OTHER       puts things in place that attempts are about; prints NAME=VALUE of what differs
#   guest.sh lists > FILE             every file of this system, as plan.c of the probe wants them
#   guest.sh place PROBE PLAN LISTS TARGET [capable]
#   guest.sh sandbox on|off           systemd's, of the chat daemon
#   guest.sh daemon PROBE PLAN LISTS  until every attempt was made: where one kills the process, it starts again after it
set -euo pipefail
drop_ins=/run/systemd/system/ngircdus.service.d

# Nothing is left of an earlier run, every device is there, and there is memory in common with somebody else.
prepare() {
    local home type own file device
    home=$(getent passwd "$1" | cut -d: -f6)
    rm -rf "$home"/{x-*,script,socket,untosh_lockfile*,.irssius} /tmp/{x,escape} /dev/shm/x /run/ngircdus
    mkdir -p "$home/.irssius" /run/ngircdus
    for own in "$home/untosh_lockfile" "$home/.irssius/config" /run/ngircdus/own; do
        for file in "$own" "$own".{moved,removed}; do echo > "$file"; done
    done
    chown -R "$1:" "$home"/{.irssius,untosh_lockfile*} && chmod -R go= "$home" && chown -R ngircdus: /run/ngircdus
    restorecon -RF "$home" /run/ngircdus
    chcon --reference="$home/untosh_lockfile" "$home"/untosh_lockfile.*
    for device in mem kmem port kmsg sda vda dm-0 loop-control fuse kvm vhost-net net/tun rtc0 hwrng tty0 tty1 ttyS0 \
        console snd/seq input/event0 uinput mapper/control cpu/0/msr nvram hpet watchdog vsock userfaultfd uhid vhci \
        rfkill autofs btrfs-control ppp snapshot cuse udmabuf dma_heap/system; do
        [ -e "/dev/$device" ] || { mkdir -p "$(dirname "/dev/$device")" && mknod -m 666 "/dev/$device" c 10 250; }
    done
    restorecon -RF /dev
    for type in AVC USER_AVC SELINUX_ERR SYSCALL PATH CWD PROCTITLE ANOM_ABEND SECCOMP; do # tens of thousands
        auditctl -a never,exclude -F "msgtype=$type" > /dev/null 2>&1 || true
    done
    ipcs -m | grep -q ' 666 ' || { ipcmk -p 666 -M 4096 && ipcmk -p 666 -Q && ipcmk -p 666 -S 1; } > /dev/null
    echo "home=$home" "uid=$(id -u "$1")" "other=$(getent passwd "$2" | cut -d: -f6)" "other-uid=$(id -u "$2")"
    echo "daemon-uid=$(id -u ngircdus)" "root-device=$(findmnt -no SOURCE /)"
    echo "policy=$(sed -n 's/^SELINUXTYPE=//p' /etc/selinux/config)" "shm=$(first m)" "queue=$(first q)" "semaphores=$(first s)"
}

first() { ipcs "-$1" | awk '$4 == 666 { print $2; exit }'; }

# What is not a process's is looked for once, and sorted once. A file that goes while it is looked at is no error.
lists() {
    local format='%Z\t%y\t%p\n' still
    still=$(dirname "$0")/still
    [ -e "$still" ] || {
        {
            find / /boot /dev /run /tmp -xdev -printf "$format" || true
            find /sys -printf "$format" || true
            find /proc -maxdepth 1 -regextype posix-extended -not -regex '/proc/([0-9]+|.*self)' -printf "$format" || true
            find /proc/[a-z]*/ -mindepth 1 -not -path '/proc/*self/*' -printf "$format" || true
        } 2> /dev/null | listed > "$still.new"
        mv "$still.new" "$still"
    }
    cat "$still"
    {
        find /proc/self/ -mindepth 1 -maxdepth 1 -printf 'own:own:own:own\t%y\t%p\n' || true
        find /proc/[0-9]*/ -mindepth 1 -maxdepth 1 -printf "$format" || true
    } 2> /dev/null | listed
    awk -v OFS='\t' '$8 ~ /^@/ { print "sockets", "abstract", "s", $8 }' /proc/net/unix | sort -u
}

listed() {
    sort -u -t$'\t' -k3 | awk -F'\t' -v OFS='\t' '{
        split($1, context, ":"); split($3, part, "/"); list = part[2]
        if (context[1] == "own") list = "own"; else if ($3 ~ /^\/proc\/[0-9]/) list = "processes"
        print list, context[3], $2, $3; if ($2 == "s") print "sockets", context[3], $2, $3 }'
}

place() {
    local begin middle
    begin=$(stat -c %s "$1") middle=$((begin + $(stat -c %s "$2")))
    { cat "$1" "$2" "$3" && printf '%016d%016d' "$begin" "$middle"; } > "$4.new"
    chmod 755 "$4.new" && mv -f "$4.new" "$4" && restorecon -F "$4"
    # Every capability that the kernel has, as setcap(8) would write it (xattr(7), VFS_CAP_REVISION_2).
    [ "${5:-}" != capable ] || perl -e 'my ($file, $name, $set) = ($ARGV[0], "security.capability",
        pack("V5", 0x02000001, 0xffffffff, 0, 0x1ff, 0)); syscall(188, $file, $name, $set, 20, 0) == 0 or die $!' "$4"
}

sandbox() {
    mkdir -p $drop_ins
    printf '%s\n' '[Unit]' StartLimitIntervalSec=0 '[Service]' Restart=no TimeoutStartSec=infinity \
        LogRateLimitIntervalSec=0 > $drop_ins/probe.conf
    [ "$1" = on ] || printf '%s\n' {CapabilityBoundingSet,AmbientCapabilities}='~' DevicePolicy=auto ProtectProc=default \
        ProcSubset=all KeyringMode=inherit TasksMax=infinity {SecureBits,ReadWritePaths,NoExecPaths,ExecPaths}= \
        {RestrictAddressFamilies,IPAddressDeny,IPAddressAllow,SystemCallArchitectures,SystemCallFilter}= \
        {NoNewPrivileges,RestrictSUIDSGID,ProtectSystem,ProtectHome,PrivateTmp,PrivateDevices,PrivateIPC,ProtectClock}=no \
        Protect{ControlGroups,Hostname,KernelLogs,KernelModules,KernelTunables}=no \
        {RestrictNamespaces,RestrictRealtime,LockPersonality,MemoryDenyWriteExecute}=no >> $drop_ins/probe.conf
    systemctl daemon-reload && systemctl stop ngircdus
}

daemon() {
    local rest=$2.rest InvocationID='' ExecMainCode='' ExecMainStatus='' last size missing
    size=$(stat -c %s "$2")
    place "$1" "$2" "$3" /opt/sbin/ngircdus && cp "$2" "$rest"
    while grep -q '^attempt ' "$rest"; do
        dd status=none if="$rest" of=/opt/sbin/ngircdus bs=64K oflag=seek_bytes seek="$(stat -c %s "$1")" conv=notrunc
        systemctl start ngircdus 2> /dev/null || true # it ends before it says that it is ready
        eval "$(systemctl show -p InvocationID,ExecMainCode,ExecMainStatus ngircdus)" && journalctl --sync
        journalctl -q -a -o cat "_SYSTEMD_INVOCATION_ID=$InvocationID" _TRANSPORT=stdout | tee "$rest.out"
        ! grep -q '^@done' "$rest.out" || return 0
        last=$(sed -n 's/^@begin //p' "$rest.out" | tail -1)
        case $ExecMainCode in # exited, killed, killed with a core dump (waitid(2))
            1) echo "@exited $last $ExecMainStatus" ;;
            2) echo "@signal $last $ExecMainStatus none" ;;
            *) echo "@signal $last $ExecMainStatus core" ;;
        esac
        [ -n "$last" ] || return 1
        # What is left, as long as before: empty lines mean nothing.
        awk -v last="$last" '/^attempt / { if (past) print; split($0, word, /[ \t]/); past = past || word[2] == last; next }
            { print }' "$rest" > "$rest.new"
        missing=$((size - $(stat -c %s "$rest.new")))
        head -c $missing /dev/zero | tr '\0' '\n' >> "$rest.new" && mv "$rest.new" "$rest"
    done
    echo @done
}

"$@"
