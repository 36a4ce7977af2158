"""Looking through a camera until a code is whole, or the time is over. No picture is kept."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from edge_agent.enrolling.gathering import Gathering, Noticed
from edge_agent.enrolling.words import NOTICED, SHOW, standing
from edge_agent.errors import ScanError
from edge_agent.readings import CameraFrame
from visit_record.bilingual import Words
from visit_record.code_parts import CodeKind

CodesIn = Callable[[NDArray[np.uint8]], Iterable[str]]
Tell = Callable[[Words], None]


def scan(frames: Iterable[CameraFrame], codes_in: CodesIn, wanted: CodeKind, most_s: float, tell: Tell) -> bytes:
    """The document of the first code that is whole, within ``most_s`` seconds of the first picture.

    Raises:
        ScanError: none became whole, with what was wanting.
        SensorError: the camera fails.
    """
    gathering, told = Gathering(wanted), set[Noticed]()
    tell(SHOW[wanted])
    for text in _texts(frames, codes_in, most_s):
        _say(gathering, gathering.take(text), told, tell)
        if gathering.document is not None:
            return gathering.document
    raise _unfinished(gathering)


def _texts(frames: Iterable[CameraFrame], codes_in: CodesIn, most_s: float) -> Iterable[str]:
    began_ms: int | None = None
    for frame in frames:
        began_ms = frame.at_ms if began_ms is None else began_ms
        yield from codes_in(frame.rgb)
        if frame.at_ms - began_ms >= most_s * 1000:
            return


def _say(gathering: Gathering, noticed: Noticed, told: set[Noticed], tell: Tell) -> None:
    """Tell each new part, and everything else once: it stays in view for many pictures."""
    if noticed in NOTICED and noticed not in told:
        told.add(noticed)
        tell(NOTICED[noticed])
    if noticed in {Noticed.NEW_PART, Noticed.ANOTHER_CODE}:
        tell(standing(gathering))


def _unfinished(gathering: Gathering) -> ScanError:
    zh, en = standing(gathering)
    return ScanError(
        f"no code became whole: {en}; hold it nearer, without glare, and run this again",
        f"没有读全：{zh}。举近一些、避开反光，再运行一次",
    )
