"""Runs a program inside the walls of a systemd unit, as far as they can be put up without systemd.

    python -m tests.fakes.under_the_unit UNIT PROGRAM [ARGUMENT …]

System calls, address families, namespaces, memory that is written and run, capabilities and new privileges: by
libseccomp and prctl, as systemd.exec(5) says that the unit's lines do it. Folders and devices are not covered.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EQUAL, MASKED_EQUAL = 4, 7
WRITE, EXECUTE = 2, 4
CLONES = (0x00000080, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
MOST_FAMILIES = 46


class Comparison(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def settings(unit: Path) -> dict[str, list[str]]:
    """Key to the words behind it, of all its lines."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def members(sets: Iterable[str]) -> Iterator[str]:
    """The system calls of sets such as @system-service."""
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", *sets], capture_output=True, text=True, check=True
    ).stdout
    for line in listed.splitlines():
        name = line.strip().split("#")[0].strip()
        if line.startswith(" ") and name:
            yield from members([name]) if name.startswith("@") else [name]


def allowed_calls(lines: Iterable[str]) -> set[str]:
    """What `SystemCallFilter=` lines leave, the first of which allows; what every process needs is always allowed."""
    calls = set(members(["@default"]))
    for line in lines:
        named = set(members(line.removeprefix("~").split()))
        calls = calls - named if line.startswith("~") else calls | named
    return calls


class Walls:
    def __init__(self, default: int) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._filter = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(default)))

    def rule(self, action: int, call: str, *comparisons: Comparison) -> None:
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        if number != -1:  # else this kernel's library knows no such call
            array = (Comparison * len(comparisons))(*comparisons)
            self._library.seccomp_rule_add_array(self._filter, ctypes.c_uint32(action), number, len(comparisons), array)

    def put_up(self) -> None:
        refused = self._library.seccomp_load(self._filter)
        if refused:
            raise OSError(-refused, "the kernel takes no filter")


def confine(unit: Path) -> None:
    told = settings(unit)
    library = ctypes.CDLL(None, use_errno=True)
    calls = allowed_calls(told["SystemCallFilter"])
    for capability in range(64):
        library.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    finer = Walls(ALLOW)
    denied = ERRNO | errno.EPERM
    finer.rule(denied, "mmap", Comparison(2, MASKED_EQUAL, WRITE | EXECUTE, WRITE | EXECUTE))
    finer.rule(denied, "mprotect", Comparison(2, MASKED_EQUAL, EXECUTE, EXECUTE))
    for flag in CLONES:
        finer.rule(denied, "clone", Comparison(0, MASKED_EQUAL, flag, flag))
    for call in ("unshare", "setns", "personality"):
        finer.rule(denied, call)
    finer.rule(ERRNO | errno.ENOSYS, "clone3")
    open_families = {int(getattr(socket, name)) for name in told["RestrictAddressFamilies"][0].split()}
    for family in set(range(MOST_FAMILIES)) - open_families:
        finer.rule(ERRNO | errno.EAFNOSUPPORT, "socket", Comparison(0, EQUAL, family, 0))
    coarse = Walls(denied)
    for call in calls | {"seccomp", "execve"}:
        coarse.rule(ALLOW, call)
    finer.put_up()
    coarse.put_up()


if __name__ == "__main__":
    confine(Path(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
