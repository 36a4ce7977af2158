"""What a check found. Pure; nothing that was seen, heard or kept is in it, only what was measured of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from visit_record.bilingual import Words

Measured = Mapping[str, str | int | float | bool | None]


class Step(StrEnum):
    """The steps of the walk, in their order: names for ``--only`` and ``--skip``."""

    SETTINGS = "settings"
    PROGRAM = "program"
    FOLDER = "folder"
    OUTBOX = "outbox"
    IDENTITY = "identity"
    ROSTER = "roster"
    CLOCK = "clock"
    MODELS = "models"
    CAMERA = "camera"
    MICROPHONE = "microphone"
    THERMAL = "thermal"
    POSITION = "position"
    TAMPER = "tamper"
    BROKER = "broker"
    BRIDGE = "bridge"


class Verdict(StrEnum):
    """What came of a check. Not observable is no failure: the thing may be well, and nobody could look."""

    PASS = "pass"
    FAIL = "fail"
    NOT_FITTED = "not_fitted"
    NOT_OBSERVABLE = "not_observable"


@dataclass(frozen=True, slots=True)
class Finding:
    """``said`` is what is so, ``remedy`` what to do about it: given where it fails, and where something is advised."""

    verdict: Verdict
    said: Words
    remedy: Words | None = None
    measured: Measured = field(default_factory=dict)


def passed(zh: str, en: str, measured: Measured | None = None, remedy: Words | None = None) -> Finding:
    """All is well."""
    return Finding(Verdict.PASS, Words(zh, en), remedy, measured or {})


def failed(zh: str, en: str, remedy: Words, measured: Measured | None = None) -> Finding:
    """Something is wrong, and this is what to do."""
    return Finding(Verdict.FAIL, Words(zh, en), remedy, measured or {})


def not_fitted(zh: str, en: str, remedy: Words | None = None) -> Finding:
    """The settings have no such thing."""
    return Finding(Verdict.NOT_FITTED, Words(zh, en), remedy)


def not_observable(zh: str, en: str, remedy: Words | None = None, measured: Measured | None = None) -> Finding:
    """Nobody could look."""
    return Finding(Verdict.NOT_OBSERVABLE, Words(zh, en), remedy, measured or {})
