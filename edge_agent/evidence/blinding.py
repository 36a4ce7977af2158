"""A camera that is covered or a microphone that is muted while the visit goes on: told from what they gave. Pure.

Only a sense that worked in this visit and then gives nothing is called so. One that never worked may be broken, and a
room that was dark from the beginning is a dark room: neither is anybody's deed.
"""

from collections.abc import Sequence
from itertools import groupby

from edge_agent.evidence.sound import DEAD_DBFS
from edge_agent.observations import FaceObservation, SoundObservation

MUTED_MS = 30_000

Moments = Sequence[tuple[int, bool]]


def covered_at_ms(looks: Sequence[FaceObservation]) -> int | None:
    """When the camera was first found covered: pictures that hold nothing, one after another, after one that did."""
    return next((run[0] for run in _empty_runs([(one.at_ms, one.black) for one in looks]) if len(run) > 1), None)


def muted_at_ms(heard: Sequence[SoundObservation]) -> int | None:
    """When the microphone was first muted for half a minute: a silence that no room has, after sound."""
    runs = _empty_runs([(one.at_ms, one.level_dbfs <= DEAD_DBFS) for one in heard])
    return next((run[0] for run in runs if run[-1] - run[0] >= MUTED_MS), None)


def _empty_runs(moments: Moments) -> list[list[int]]:
    """Stretches in which a sense gave nothing, but for one with which it began: their moments."""
    runs = [(empty, [at_ms for at_ms, _ in run]) for empty, run in groupby(moments, key=lambda moment: moment[1])]
    return [run for empty, run in runs[1:] if empty]
