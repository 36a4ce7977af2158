"""Whether the kernel calls its wall clock synchronised: what chrony or another time service tells it (adjtimex(2))."""

import ctypes

from visit_record.record import Clock
from visit_record.vocabulary import ClockSource

# <sys/timex.h>
_STA_UNSYNC, _STA_NANO = 0x0040, 0x2000
_TIME_ERROR = 5


class _Timex(ctypes.Structure):
    """struct timex, as far as it is read; the rest is room for what the kernel writes."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def kernel_clock() -> Clock:
    """The clock as a record tells of it; unsynchronised where the kernel cannot be asked."""
    asked = _Timex()
    # modes 0 asks and sets nothing, so that nobody's rights are needed.
    state = ctypes.CDLL(None).adjtimex(ctypes.byref(asked))
    return clock_of(state, asked.status, asked.offset)


def clock_of(state: int, status: int, offset: int) -> Clock:
    """What the kernel's answer means: its state, its status bits, and its offset in micro- or nanoseconds."""
    if state < 0 or state == _TIME_ERROR or status & _STA_UNSYNC:
        return Clock(ClockSource.UNSYNCHRONISED, None)
    return Clock(ClockSource.NTP, offset / (1e6 if status & _STA_NANO else 1e3))


def is_believed(clock: Clock) -> bool:
    """Whether anything may rest on this clock's time: what is deleted, or what today is."""
    return clock.source is not ClockSource.UNSYNCHRONISED
