#!/bin/sh
# Makes IMAGE, which stands in for Fedora's: the Debian kernel of the system in ROOT, and an initramfs that finds the volume
# OEMDRV and does what its kickstart says in a line "# stand-in: VERB". Needs busybox (static), cpio, xorriso, kmod.
set -eu
PATH=$PATH:/usr/sbin:/sbin
root=$1 image=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(basename "$(echo "$root"/usr/lib/modules/*)")
mkdir -p "$work/tree/bin" "$work/tree/modules" "$work/medium/images/pxeboot"
cp "$(command -v busybox)" "$work/tree/bin/busybox"
for module in ahci sr_mod isofs; do
    modprobe --dirname "$root/usr" --set-version "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
    xz -dc "$file" >"$work/tree/modules/$(basename "$file" .xz)"
    echo "insmod /modules/$(basename "$file" .xz)" >>"$work/tree/load"
done
cat >"$work/tree/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /medium
mount -t proc none /proc; mount -t sysfs none /sys; mount -t devtmpfs none /dev
exec >/dev/ttyS0 2>&1
sh /load
cat /proc/cmdline
tries=0
while [ $tries -lt 100 ]; do
    for device in /dev/sr*; do
        mount -t iso9660 -o ro "$device" /medium 2>/dev/null || continue
        [ ! -e /medium/ks.cfg ] || break 2
        umount /medium
    done
    tries=$((tries + 1)); sleep 0.1
done
echo "--- begin"; cat /medium/ks.cfg; echo "--- end"
ls -R /medium
echo "untochat: /dev/$(ls /sys/block | grep vd) is ready; now packages are installed"
case $(sed -n 's/^# stand-in: //p' /medium/ks.cfg) in
    install) dd if=/medium/ks.cfg of=/dev/vda bs=512 count=1 conv=sync,fsync 2>/dev/null; echo "untochat: installed" ;;
    fail) printf 'untochat: FAILED: \033[31mthe key cannot be imported\n' ;;
    vanish) ;;
esac
sync
poweroff -f
END
chmod 755 "$work/tree/init" "$work/tree/bin/busybox"
(cd "$work/tree" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/medium/images/pxeboot/initrd.img"
cp "$root"/boot/vmlinuz-"$version" "$work/medium/images/pxeboot/vmlinuz"
xorriso -report_about SORRY -as mkisofs -quiet -volid Stand-in-45 -rational-rock -output "$image" "$work/medium"
