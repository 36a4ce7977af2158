"""Which checks one walk makes, and that no other program uses the device meanwhile."""

from collections.abc import Iterator, Set
from contextlib import ExitStack
from pathlib import Path

from edge_agent.errors import OutboxError, SettingsError
from edge_agent.selftest.checks import Device, Said, all_checks
from edge_agent.selftest.finding import Step, not_observable
from edge_agent.selftest.walk import Check
from edge_agent.settings import Settings
from edge_agent.settings_file import read_settings
from edge_agent.sole_witness import sole_witness
from visit_record.bilingual import Words

# What one program uses at a time: while a witness is at work, these are its own.
_NEEDS_ALONE = frozenset({Step.CAMERA, Step.MICROPHONE, Step.THERMAL, Step.POSITION, Step.TAMPER, Step.BROKER})
_IN_USE = not_observable(
    "另一个见证程序正在使用",
    "another witness is using it",
    Words("先停止它：sudo systemctl stop carewitness-agent", "stop it first: sudo systemctl stop carewitness-agent"),
)


def planned(device: Device, steps: Set[Step], held: ExitStack) -> Iterator[Check]:
    """The checks of the chosen steps in the order of the walk; the device is ours alone until ``held`` is closed."""
    settings = _read(device.settings_file)
    in_use = None
    if isinstance(settings, Settings) and steps & {Step.PROGRAM, *_NEEDS_ALONE}:
        in_use = _why_in_use(settings.folder, held)
    for check in all_checks(device, settings, in_use):
        if check.step in steps:
            taken = in_use is not None and check.step in _NEEDS_ALONE
            yield Said(check.step, _IN_USE, check.subject) if taken else check


def _read(file: Path | None) -> Settings | SettingsError | None:
    try:
        return None if file is None else read_settings(file)
    except SettingsError as error:
        return error


def _why_in_use(folder: Path, held: ExitStack) -> Words | None:
    """Why the folder cannot be had for ourselves; one that is not there is in nobody's use."""
    try:
        if folder.is_dir():
            held.enter_context(sole_witness(folder))
    except OutboxError as error:
        return error.so
    return None
