"""What the firmware of a Raspberry Pi tells of its power and heat: the bits of ``vcgencmd get_throttled``. Pure."""

from enum import StrEnum
from typing import Final

# Those of now; the same 16 places up are of any time since the start.
_UNDER_VOLTAGE: Final = 0b0001
_SLOWED: Final = 0b0110
_WARM: Final = 0b1000
_OF_NOW: Final = _UNDER_VOLTAGE | _SLOWED | _WARM
_SINCE_START: Final = 16


class Throttling(StrEnum):
    """What the firmware tells of the power and of its own slowing down, now or at any time since the start."""

    UNDER_VOLTAGE = "under_voltage"
    SLOWED = "slowed"
    WAS_UNDER_VOLTAGE = "was_under_voltage"
    WAS_SLOWED = "was_slowed"


def throttling(bits: int | None) -> tuple[Throttling, ...] | None:
    """The bits in words; ``None`` where the machine cannot tell."""
    if bits is None:
        return None
    was = bits >> _SINCE_START
    found = {
        Throttling.UNDER_VOLTAGE: bits & _UNDER_VOLTAGE,
        Throttling.SLOWED: bits & (_SLOWED | _WARM),
        Throttling.WAS_UNDER_VOLTAGE: was & _UNDER_VOLTAGE,
        Throttling.WAS_SLOWED: was & (_SLOWED | _WARM),
    }
    return tuple(one for one, is_so in found.items() if is_so)


def of_now(bits: int | None) -> int | None:
    """The bits without those of any time since the start, which are no word of this hour."""
    return None if bits is None else bits & _OF_NOW


def under_voltage(bits: int | None) -> bool:
    """Whether there is too little voltage now."""
    return bool((bits or 0) & _UNDER_VOLTAGE)


def slowed_by_heat(bits: int | None) -> bool:
    """Whether it is slowed down by heat now; too little voltage slows it down too, and says nothing of heat."""
    told = bits or 0
    return bool(told & _WARM or (told & _SLOWED and not told & _UNDER_VOLTAGE))
