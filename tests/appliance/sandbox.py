"""A program under what a unit lets it call and map, held by the kernel as systemd has it hold a service.

There a call that is barred fails, and a program may make nothing of that; here it ends the program, so that it is seen.

    python -m tests.appliance.sandbox UNIT PROGRAM [WORD]…
"""

import ctypes
import os
import socket
import sys
from collections.abc import Iterable, Sequence
from ctypes.util import find_library
from pathlib import Path

from tests.appliance.unit_files import allowed_calls, settings

# <seccomp.h>
_KILL_PROCESS, _ALLOW = 0x80000000, 0x7FFF0000
_EQUAL, _MASKED_EQUAL = 4, 7
# <sys/mman.h>
_WRITE, _EXECUTE = 2, 4


class Compared(ctypes.Structure):
    """struct scmp_arg_cmp: an argument, how it is compared, and with what."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def library() -> str | None:
    """The kernel's filters are written by libseccomp, as systemd does."""
    return find_library("seccomp")


def enter(unit: Path) -> None:
    """Let this process, and what becomes of it, do no more than the unit's service may."""
    seccomp = ctypes.CDLL(library())
    seccomp.seccomp_init.restype = ctypes.c_void_p
    filtered = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_KILL_PROCESS)))
    bounded = _bounded(dict(settings(unit)))
    # SQLite that root runs gives its files to their folder's owner; a service of ours is not root.
    for name in allowed_calls(unit) | ({"fchown"} if os.geteuid() == 0 else set()):
        call = seccomp.seccomp_syscall_resolve_name(name.encode())
        for compared in bounded.get(name, [()]):
            argued = (Compared * len(compared))(*compared)
            # A call that this processor does not have is no matter.
            seccomp.seccomp_rule_add_array(filtered, ctypes.c_uint32(_ALLOW), call, len(compared), argued)
    if seccomp.seccomp_load(filtered) != 0:
        raise OSError("the kernel takes no filter of system calls")


def _bounded(held: dict[str, str]) -> dict[str, list[Sequence[Compared]]]:
    """What systemd allows of a call by its arguments, each of these for itself; no memory is written and then run."""
    assert held["MemoryDenyWriteExecute"] == "yes"
    families = [getattr(socket, name) for name in held["RestrictAddressFamilies"].split()]
    return {
        "socket": [[Compared(0, _EQUAL, family)] for family in families],
        "mmap": [[Compared(2, _MASKED_EQUAL, _WRITE | _EXECUTE, some)] for some in (0, _WRITE, _EXECUTE)],
        "mprotect": [[Compared(2, _MASKED_EQUAL, _EXECUTE, 0)]],
    }


def main(words: Iterable[str]) -> None:
    """Enter, and become the program."""
    unit, *program = words
    enter(Path(unit))
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
