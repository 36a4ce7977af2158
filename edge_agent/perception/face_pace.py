"""How often a face is embedded: an embedding costs many times what finding the face does, and faces stay. Pure.

A check lasts seconds and one second of it shows one person several times. So the first good look is embedded, then one
each second, sooner where a look is clearly better, and at once where somebody else may stand there: the face was gone,
or it jumped.
"""

from dataclasses import dataclass

from edge_agent.perception.face_library import Box

EMBED_EVERY_MS = 1_000
CLEARLY_BETTER = 0.25
# Of its height, between two looks at 200 ms; farther than a head moves while it stays where it is.
JUMP = 0.5


@dataclass(frozen=True, slots=True)
class Glance:
    """The largest face of one frame."""

    at_ms: int
    quality: float
    box: Box


class EmbeddingPace:
    """Remembers the last look and the last embedded one; ``every_ms`` 0 embeds each."""

    def __init__(self, every_ms: int = EMBED_EVERY_MS) -> None:
        """Nobody has been seen yet."""
        self._every_ms = every_ms
        self._last: Glance | None = None
        self._embedded: Glance | None = None

    def due(self, glance: Glance) -> bool:
        """Whether this look, which is good enough, is to be embedded; it is then taken to be."""
        due = self._embedded is None or self._is_worth_it(glance, self._embedded)
        if due:
            self._embedded = glance
        return due

    def follow(self, glance: Glance) -> None:
        """Take notice of a look, good enough or not, before it may be :meth:`due`."""
        if self._last is None or _jumped(self._last.box, glance.box):
            self._embedded = None
        self._last = glance

    def lose(self) -> None:
        """Nobody is there: whoever comes next may be another."""
        self._last = None

    def _is_worth_it(self, glance: Glance, embedded: Glance) -> bool:
        waited = glance.at_ms - embedded.at_ms >= self._every_ms
        return waited or glance.quality >= embedded.quality + CLEARLY_BETTER


def _jumped(before: Box, now: Box) -> bool:
    """Whether the middles of two boxes are farther apart than a head moves, or their sizes too different."""
    height = before[2] - before[0]
    down = abs(now[0] + now[2] - before[0] - before[2]) / 2
    across = abs(now[1] + now[3] - before[1] - before[3]) / 2
    return max(down, across, abs(now[2] - now[0] - height)) > JUMP * height
