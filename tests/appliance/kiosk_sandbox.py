"""The browser under what the screen's unit bars it from, held by the kernel with the unit's own answer: EPERM.

It does what systemd.exec(5) says of each setting, but for set-id bits of files that are opened, openat2 and setns.
Whoever is root goes on as nobody.

    python -m tests.appliance.kiosk_sandbox UNIT PROGRAM [WORD]…
"""

import ctypes
import errno
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.appliance.sandbox import Compared, library
from tests.appliance.unit_files import barred_calls, settings

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_DIFFERENT, _EQUAL, _MASKED_EQUAL = 1, 4, 7
# <linux/prctl.h>
_DROP_CAPABILITY, _NO_NEW_PRIVILEGES = 24, 38
_MOST_CAPABILITIES, _MOST_FAMILIES = 64, 64
# <linux/sched.h>
_NAMESPACES = {
    "mnt": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000,
    "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000,
}  # fmt: skip
_REALTIME = (1, 2, 6)
_SET_ID = (0o4000, 0o2000)
_MODES = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "mkdir": 1, "mkdirat": 2, "mknod": 1, "mknodat": 2}
_NOBODY = 65_534

Rule = tuple[str, int, Sequence[Compared]]


def _rules(unit: Path) -> Iterator[Rule]:
    """A call, the number of the error that it ends in, and of which arguments."""
    held = dict(settings(unit))
    yield from ((call, errno.EPERM, ()) for call in barred_calls(unit))
    if held.get("ProtectKernelLogs") == "yes":
        yield "syslog", errno.EPERM, ()
    if held.get("ProtectHostname") == "yes":
        yield from ((call, errno.EPERM, ()) for call in ("sethostname", "setdomainname"))
    if held.get("LockPersonality") == "yes":
        yield "personality", errno.EPERM, [Compared(0, _DIFFERENT, 0)]
    if held.get("RestrictRealtime") == "yes":
        yield from (("sched_setscheduler", errno.EPERM, [Compared(1, _EQUAL, one)]) for one in _REALTIME)
    if held.get("RestrictSUIDSGID") == "yes":
        yield from _never_set_id()
    yield from _families(held.get("RestrictAddressFamilies"))
    yield from _namespaces(held.get("RestrictNamespaces"))


def _never_set_id() -> Iterator[Rule]:
    for call, at in _MODES.items():
        yield from ((call, errno.EPERM, [Compared(at, _MASKED_EQUAL, bit, bit)]) for bit in _SET_ID)


def _families(allowed: str | None) -> Iterator[Rule]:
    if allowed is not None:
        known = {getattr(socket, name) for name in allowed.split()}
        barred = (family for family in range(_MOST_FAMILIES) if family not in known)
        yield from (("socket", errno.EAFNOSUPPORT, [Compared(0, _EQUAL, family)]) for family in barred)


def _namespaces(allowed: str | None) -> Iterator[Rule]:
    """What clone3 is asked for cannot be looked at, so that there is none: who asks takes clone."""
    if allowed is not None:
        yield "clone3", errno.ENOSYS, ()
        for name in _NAMESPACES.keys() - set(allowed.split()):
            flag = _NAMESPACES[name]
            yield from ((call, errno.EPERM, [Compared(0, _MASKED_EQUAL, flag, flag)]) for call in ("clone", "unshare"))


def enter(unit: Path) -> None:
    """Let this process, and what becomes of it, do no more than the unit's service may."""
    os.umask(int(dict(settings(unit))["UMask"], 8))
    seccomp, kernel = ctypes.CDLL(library()), ctypes.CDLL(None)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    filtered = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_ALLOW)))
    for name, error, compared in _rules(unit):
        call = seccomp.seccomp_syscall_resolve_name(name.encode())
        argued = (Compared * len(compared))(*compared)
        # A call that this processor does not have is no matter.
        seccomp.seccomp_rule_add_array(filtered, ctypes.c_uint32(_REFUSE | error), call, len(compared), argued)
    for capability in range(_MOST_CAPABILITIES):
        kernel.prctl(_DROP_CAPABILITY, capability, 0, 0, 0)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if seccomp.seccomp_load(filtered) != 0:
        raise OSError("the kernel takes no filter of system calls")


if __name__ == "__main__":
    enter(Path(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
