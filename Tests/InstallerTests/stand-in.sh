#!/bin/sh
# Makes IMAGE, which stands in for Fedora's: the Debian kernel of the system in ROOT, and an initramfs that finds the volume
# OEMDRV and does what its kickstart says in a line "# stand-in: VERB". Needs busybox (static), cpio, xorriso, xz.
set -eu
root=$1 image=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(basename "$(echo "$root"/usr/lib/modules/*)")
mkdir -p "$work/tree/bin" "$work/tree/modules" "$work/medium/images/pxeboot"
cp "$(command -v busybox)" "$work/tree/bin/busybox"
# In the order of loading.
for module in scsi_common scsi_mod libata libahci ahci cdrom sr_mod isofs virtio_blk; do
    # What is not there is built in.
    find "$root/usr/lib/modules/$version/kernel" -name "$module.ko.xz" | while read -r file; do
        xz -dc "$file" >"$work/tree/modules/$module.ko"
        echo "insmod /modules/$module.ko" >>"$work/tree/load"
    done
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
