"""Reads kickstarts as Fedora's installer does and says what it took from them.

Standard input: paths, one a line. Standard output: one JSON object a path. argv[1]: F44 or F45. Warnings, such as of a
deprecated option, are errors.
"""
import json
import sys
import warnings

from pykickstart.constants import CLEARPART_TYPE_ALL
from pykickstart.parser import KickstartParser, preprocessKickstart
from pykickstart.version import makeVersion

warnings.simplefilter("error")


def storage(handler):
    return {
        "onlyUse": handler.ignoredisk.onlyuse,
        "clearsAll": handler.clearpart.type == CLEARPART_TYPE_ALL,
        "clearedDrives": handler.clearpart.drives,
        "initializesLabels": handler.clearpart.initAll,
        "bootDrive": handler.bootloader.bootDrive,
        "asksForPlatformPartitions": handler.reqpart.reqpart,
        "partitions": [
            {
                "mountPoint": part.mountpoint,
                "fileSystem": part.fstype or None,
                "sizeMiB": part.size or 0,
                "grows": part.grow,
                "isEncrypted": part.encrypted,
                "luksVersion": part.luks_version or None,
                "cipher": part.cipher or None,
                "passphrase": part.passphrase,
                "pbkdf": part.pbkdf or None,
                "pbkdfMemoryKiB": part.pbkdf_memory or 0,
                "pbkdfMilliseconds": part.pbkdf_time or 0,
            }
            for part in handler.partition.partitions
        ],
        "groups": [
            {"name": group.vgname, "physicalVolumes": group.physvols} for group in handler.volgroup.vgList
        ],
        "volumes": [
            {
                "name": volume.name,
                "group": volume.vgname,
                "mountPoint": volume.mountpoint,
                "fileSystem": volume.fstype,
                "sizeMiB": volume.size or 0,
                "grows": volume.grow,
            }
            for volume in handler.logvol.lvList
        ],
    }


def read(path):
    handler = makeVersion(sys.argv[1])
    # The installer follows %include when %pre has written the file; ksvalidator does not, and nor does this.
    parser = KickstartParser(handler, followIncludes=False, errorsAreFatal=True, unknownSectionIsFatal=True)
    parser.readKickstart(preprocessKickstart(path))
    encrypted = [part for part in handler.partition.partitions if part.encrypted]
    return {
        "passphrases": [part.passphrase for part in encrypted],
        "encrypted": [part.mountpoint for part in encrypted],
        "formats": [[part.luks_version, part.pbkdf] for part in encrypted],
        "plain": [part.mountpoint for part in handler.partition.partitions if not part.encrypted],
        "volumes": sorted([volume.mountpoint, volume.fstype, volume.vgname] for volume in handler.logvol.lvList),
        "users": [[user.name, user.password, user.isCrypted, user.groups] for user in handler.user.userList],
        "rootLocked": handler.rootpw.lock,
        "timeZone": handler.timezone.timezone,
        "keymap": handler.keyboard.vc_keymap,
        "packages": sorted(handler.packages.packageList),
        "scripts": [
            [script.type, script.errorOnFail, script.interp, script.script, script.inChroot, script.logfile or ""]
            for script in handler.scripts
        ],
        "startsGraphics": handler.xconfig.startX,
        "mirrors": handler.url.metalink or "",
        "usesMedium": handler.cdrom.seen,
        "services": handler.services.enabled,
        "hostName": next((network.hostname for network in handler.network.network if network.hostname), ""),
        "storage": storage(handler),
    }


for name in sys.stdin.read().splitlines():
    try:
        print(json.dumps(read(name)))
    except Exception as error:  # pylint: disable=broad-except
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
