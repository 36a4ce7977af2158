"""What stands in a unit's file, and which system calls its words for them mean."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


def required(tool: str, package: str) -> str:
    """Where a program is that a test cannot do without."""
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not installed; apt install {package}")
    return found


def settings(unit: Path) -> Iterator[tuple[str, str]]:
    """Each setting with its value, in their order: some may be given more than once."""
    for line in unit.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith(("#", " ")):
            yield name, value


def allowed_calls(unit: Path) -> set[str]:
    """The system calls that systemd lets a service make, by name."""
    allowed: set[str] = set()
    for name, value in settings(unit):
        if name == "SystemCallFilter":
            calls = {call for word in value.removeprefix("~").split() for call in _meant(word)}
            allowed = allowed - calls if value.startswith("~") else allowed | calls
    # It is a filter of its own, which bars even from asking (systemd.exec(5)).
    return allowed - _meant("@clock") if ("ProtectClock", "yes") in settings(unit) else allowed


def barred_calls(unit: Path) -> set[str]:
    """The system calls that a service may not make whose filter begins with what is barred, by name."""
    (barred,) = (value for name, value in settings(unit) if name == "SystemCallFilter")
    assert barred.startswith("~")
    return {call for word in barred.removeprefix("~").split() for call in _meant(word)}


def _meant(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    shown = subprocess.check_output(["systemd-analyze", "syscall-filter", word], text=True).splitlines()
    parts = [line.strip() for line in shown if line.startswith(" ") and "#" not in line]
    return {call for part in parts for call in _meant(part)}
