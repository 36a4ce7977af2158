"""The mirror: what the camera sees of whoever checks in or out, for a screen in the room.

One picture at most is held, in memory alone, and none outside such a look.
"""

import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from edge_agent.actions import ConsentWithdrawn, VisitEvent
from edge_agent.check_plan import CheckWindow
from edge_agent.errors import DeskError, Refusal
from edge_agent.ports import Sensor
from edge_agent.readings import CameraFrame, Reading
from edge_agent.timeline import Happening
from edge_agent.witness_ports import Gather
from visit_record.vocabulary import Modality


class Mirror:
    """Pictures pass by, and the last one is held while it may be seen. Any thread may use it."""

    def __init__(self) -> None:
        """Nobody looks."""
        self._lock = threading.Lock()
        self._window: CheckWindow | None = None
        self._held: CameraFrame | None = None
        self._covered = False

    def begin(self) -> None:
        """Somebody checked in: what was taken back before them holds for them no longer."""
        with self._lock:
            self._covered = False

    def look(self, window: CheckWindow | None) -> None:
        """Until it is said anew, pictures of this window may be seen; of none, none."""
        with self._lock:
            self._show(None if self._covered else window)

    def heed(self, event: VisitEvent) -> None:
        """Where consent for the face is taken back, nothing is seen any more in this visit, whatever is on its way."""
        if isinstance(event, ConsentWithdrawn) and event.modality is Modality.FACE:
            with self._lock:
                self._covered = True
                self._show(None)

    def take(self, frame: CameraFrame) -> None:
        """A picture passes by: it is held in place of the one before, or dropped with it."""
        with self._lock:
            self._held = frame if self._window is not None and self._window.holds(frame.at_ms) else None

    def picture(self, now_ms: int) -> CameraFrame | None:
        """The last picture; ``None`` where the camera has given none in this look yet.

        Raises:
            DeskError: nobody is looked at now, or nobody may see it.
        """
        with self._lock:
            if self._window is None or not self._window.holds(now_ms):
                self._show(None)
                raise DeskError(Refusal.NOT_NOW)
            return self._held

    def _show(self, window: CheckWindow | None) -> None:
        self._window = window
        if window is None:
            self._held = None


@dataclass(frozen=True)
class MirroredCamera:
    """The same camera, whose pictures pass by a mirror in its own thread: no look of the witness holds them up."""

    camera: Sensor[Reading]
    mirror: Mirror

    @property
    def modality(self) -> Modality:
        """The face."""
        return self.camera.modality

    def readings(self) -> Iterator[Reading]:
        """Yield what the camera yields.

        Raises:
            SensorError: as the camera does.
        """
        for reading in self.camera.readings():
            if isinstance(reading, CameraFrame):
                self.mirror.take(reading)
            yield reading


def mirrored(sensors: Iterable[Sensor[Reading]], mirror: Mirror) -> Sequence[Sensor[Reading]]:
    """The same sensors, the camera before the mirror; nothing is opened here, and nothing twice."""
    return [MirroredCamera(one, mirror) if one.modality is Modality.FACE else one for one in sensors]


def mirrored_when_due(gather: Gather, mirror: Mirror) -> Gather:
    """The same for recordings, which are read ahead: a picture passes by when its moment has come."""

    def gathered(
        events: Iterable[VisitEvent], sensors: Sequence[Sensor[Reading]], starts_at_ms: int
    ) -> Generator[Happening, None, None]:
        with closing(gather(events, sensors, starts_at_ms)) as happenings:
            for happening in happenings:
                if isinstance(happening, CameraFrame):
                    mirror.take(happening)
                yield happening

    return gathered
