"""What of a device is out of order, from its latest records and its own word. Facts alone: why, people find out.

A device is measured by its own rhythm: one that is used twice a week is not silent after three days.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Final

from msgspec import Struct

from ingest_server.fleet.listening import Listening
from ingest_server.fleet.told import Told, troubles_told
from ingest_server.fleet.trouble import Fault, Trouble, TroubledDevice
from ingest_server.local_days import DAY_MS
from visit_record.chain import LinkState
from visit_record.vocabulary import ClockSource, Modality, NotObservedReason

# How many of a device's latest visits are looked at, and in how many of the latest a sense must have been missing.
RECENT: Final = 8
IN_A_ROW: Final = 3
# Fewer gaps than this are no rhythm; however busy a device was, one quiet weekend is no silence.
LEAST_GAPS: Final = 3
LEAST_SILENCE_MS: Final = 3 * DAY_MS
TIMES_LONGEST_GAP: Final = 2
# A device may be enrolled a while before its first visit.
UNUSED_AFTER_MS: Final = 7 * DAY_MS


class Heard(Struct, frozen=True):
    """A visit's record as far as it tells of its device.

    ``without`` holds the senses that were broken or absent, each with which of the two; it and ``clock`` are ``None``
    in records from before that was noted.
    """

    received_at_ms: int
    check_in_ms: int
    clock: ClockSource | None
    without: Mapping[Modality, NotObservedReason] | None


class Links(Struct, frozen=True):
    """Records of a device at an open break of its chain: how many, and when the latest came."""

    state: LinkState
    records: int
    latest_ms: int


class Device(Struct, frozen=True):
    """An enrolled device.

    ``heard_at_ms`` is when the latest link of its chain came, a visit's or a note's, ``None`` where none did;
    ``recent`` are its latest visits by number, the latest first: by these alone its rhythm and senses are known.
    ``told`` is what it says of itself, ``None`` where it never did; ``listening`` since when somebody would hear it.
    """

    device: str
    agency: str
    enrolled_at_ms: int
    heard_at_ms: int | None
    recent: tuple[Heard, ...]
    links: tuple[Links, ...] = ()
    told: Told | None = None
    listening: Listening | None = None


def troubled(device: Device, now_ms: int) -> TroubledDevice | None:
    """What is out of order with a device; ``None`` where nothing is."""
    found = tuple(trouble for look in _LOOKS for trouble in look(device, now_ms))
    return TroubledDevice(device.device, device.agency, device.heard_at_ms, found) if found else None


def _silence(device: Device, now_ms: int) -> Iterator[Trouble]:
    if device.heard_at_ms is None:
        if now_ms - device.enrolled_at_ms > UNUSED_AFTER_MS:
            yield Trouble(Fault.NEVER_HEARD, device.enrolled_at_ms)
        return
    # A check-in that a wrong clock put ahead of us is no part of the rhythm.
    times = sorted(one.check_in_ms for one in device.recent if one.check_in_ms <= now_ms)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    if len(gaps) < LEAST_GAPS:
        return
    quiet_ms = max(LEAST_SILENCE_MS, TIMES_LONGEST_GAP * max(gaps))
    if now_ms - device.heard_at_ms > quiet_ms:
        yield Trouble(Fault.SILENT, device.heard_at_ms + quiet_ms, usual_ms=max(gaps))


def _breaks(device: Device, _now_ms: int) -> Iterator[Trouble]:
    faults = {LinkState.GAP: Fault.CHAIN_GAP, LinkState.FORK: Fault.CHAIN_FORK}
    for links in device.links:
        yield Trouble(faults[links.state], links.latest_ms, count=links.records)


def _senses(device: Device, _now_ms: int) -> Iterator[Trouble]:
    """Senses that were broken in each of the latest records, or are absent there and were not before."""
    noted = [one for one in device.recent if one.without is not None]
    for sense in Modality:
        whys = [(one.without or {}).get(sense) for one in noted]
        run = list(takewhile(lambda why: why is not None, whys))
        never_had = run == whys and set(run) == {NotObservedReason.SENSOR_ABSENT}
        if len(run) >= IN_A_ROW and not never_had:
            yield Trouble(Fault.SENSE_MISSING, noted[len(run) - 1].received_at_ms, sense=sense, reason=run[0])


def _clock(device: Device, _now_ms: int) -> Iterator[Trouble]:
    run: Sequence[Heard] = list(takewhile(lambda one: one.clock is ClockSource.UNSYNCHRONISED, device.recent))
    if run:
        yield Trouble(Fault.CLOCK_UNSYNCHRONISED, run[-1].received_at_ms)


def _told(device: Device, _now_ms: int) -> Iterator[Trouble]:
    """What the device itself says, unsigned: worth a look, and no evidence."""
    if device.told is not None:
        yield from troubles_told(device.told, device.heard_at_ms, device.listening)


_LOOKS: Final[tuple[Callable[[Device, int], Iterator[Trouble]], ...]] = (_silence, _breaks, _senses, _clock, _told)
