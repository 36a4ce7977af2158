"""Whom a device knows now: a roster that is opened again whenever its file has changed."""

from collections.abc import Callable, Mapping
from pathlib import Path

from edge_agent.perception.face import FaceTemplate
from edge_agent.perception.voice import Voiceprint
from edge_agent.roster import MemoryRoster

_Mark = tuple[int, int, int] | None


class KeptRoster:
    """Behind :class:`edge_agent.roster.Roster`, for a program that lives for weeks.

    Whoever was forgotten, or had their time, is known no more from the next asking on, and whoever was enrolled is;
    each visit's check-in asks. Any thread may ask.
    """

    def __init__(self, path: Path, people: Callable[[], MemoryRoster]) -> None:
        """``people`` opens the roster whose file is at ``path``."""
        self._path, self._people = path, people
        self._known = self._opened()

    def faces(self) -> Mapping[str, FaceTemplate]:
        """Face templates of everybody on the roster."""
        return self._now().faces()

    def voice(self, caregiver: str) -> Voiceprint | None:
        """The voiceprint of one caregiver."""
        return self._now().voice(caregiver)

    def _now(self) -> MemoryRoster:
        if self._mark() != self._known[0]:
            self._known = self._opened()
        return self._known[1]

    def _opened(self) -> tuple[_Mark, MemoryRoster]:
        # The mark before the content: what changes in between is seen at the next asking.
        return self._mark(), self._people()

    def _mark(self) -> _Mark:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns
