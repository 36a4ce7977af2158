"""Signs that a position was not come by honestly.

The cues ask for much before they speak, since a receiver at rest is a dull thing: many round their coordinates, some
hold them still on purpose (static navigation), and a cold start wanders. A cue is weighed with the rest; it proves
nothing, and that a receiver is off or hears nothing is none. ``docs/position.md`` has the thresholds' grounds and how
often honest receivers show each.
"""

import math
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from edge_agent.observations import PositionObservation
from edge_agent.perception.position import point_of, step_m
from visit_record.vocabulary import PlaceCue

# Faster than the fastest train in service (97 m/s); beyond it, and beyond both accuracies, nobody travelled.
FASTEST_M_S = 120.0
# Stands in where a receiver gives no accuracy: a cold start under roofs wanders this far.
UNKNOWN_ACCURACY_M = 500.0
# So long must place and signal strengths both stand still. Heard satellites flicker by a decibel within seconds.
FROZEN_FIXES = 60
FROZEN_S = 60.0
FEWEST_FIXES = 3
# Satellites stand at different heights behind different roofs, so their signals differ by many decibels; a signal
# generator gives all the same. The evenest honest receiver of the half on which this was chosen has 1.4 dB.
FLAT_SPREAD_DB = 1.0
# Four signals are alike by chance after a cold start.
FEWEST_SIGNALS = 6
# A month without network lets a crystal of 20 ppm drift by 52 s, so less is no sign of anything.
LARGEST_OFFSET_S = 60.0
# GPS counts weeks in ten bits: an old receiver may honestly be wrong by whole multiples of 1024 weeks.
WEEK_ROLLOVER_S = 1024 * 7 * 86_400.0


def place_cues(observations: Sequence[PositionObservation]) -> tuple[PlaceCue, ...]:
    """Signs against the honesty of a stretch of positions, in the vocabulary's order; observations in order of time."""
    fixes = [observation for observation in observations if point_of(observation)]
    found = {
        PlaceCue.NO_SATELLITES_YET_FIX: _no_satellites(fixes),
        PlaceCue.POSITION_JUMP: any(_is_jump(before, after) for before, after in pairwise(fixes)),
        PlaceCue.FROZEN_JITTER: _is_frozen(fixes),
        PlaceCue.TIME_OFFSET: _is_offset(fixes),
        PlaceCue.FLAT_SIGNALS: _is_flat(fixes),
    }
    return tuple(cue for cue in PlaceCue if found[cue])


def _no_satellites(fixes: Sequence[PositionObservation]) -> bool:
    """Most fixes use 0 satellites, or most that tell of signals have none. Untold is not none: many never tell."""
    unused = [fix.satellites == 0 for fix in fixes]
    unheard = [fix.satellites_heard == 0 for fix in fixes if fix.satellites_heard is not None]
    return _mostly(unused) or _mostly(unheard)


def _mostly(without: Sequence[bool]) -> bool:
    """One alone happens to honest receivers between two epochs."""
    return sum(without) >= FEWEST_FIXES and 2 * sum(without) > len(without)


def _is_flat(fixes: Sequence[PositionObservation]) -> bool:
    spreads_db = [
        fix.snr_spread_db
        for fix in fixes
        if fix.snr_spread_db is not None and (fix.satellites_heard or 0) >= FEWEST_SIGNALS
    ]
    return len(spreads_db) >= FEWEST_FIXES and median(spreads_db) < FLAT_SPREAD_DB


def _is_jump(before: PositionObservation, after: PositionObservation) -> bool:
    slack_m = sum(UNKNOWN_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m for fix in (before, after))
    # NMEA times may repeat, and a second is the least that two fixes of a receiver are apart in earnest.
    elapsed_s = max(1.0, (after.at_ms - before.at_ms) / 1000)
    return step_m(before, after) - slack_m > FASTEST_M_S * elapsed_s


def _is_frozen(fixes: Sequence[PositionObservation]) -> bool:
    """Place and signal strengths both stand still; without strengths, a still place alone says nothing."""
    heard = [fix for fix in fixes if fix.snr_spread_db is not None]
    runs = (list(run) for _, run in groupby(heard, lambda fix: (point_of(fix), fix.snr_spread_db, fix.hdop)))
    return any(len(run) >= FROZEN_FIXES and run[-1].at_ms - run[0].at_ms >= FROZEN_S * 1000 for run in runs)


def _is_offset(fixes: Sequence[PositionObservation]) -> bool:
    offsets_s = [fix.gps_minus_system_s for fix in fixes if fix.gps_minus_system_s is not None]
    if len(offsets_s) < FEWEST_FIXES:
        return False
    return abs(math.remainder(median(offsets_s), WEEK_ROLLOVER_S)) > LARGEST_OFFSET_S
