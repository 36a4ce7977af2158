"""Where words of devices lie until they are stored: the newest of each device and kind, within bounds."""

from typing import Final, NamedTuple

from visit_record.topics import Topic

# Two words of each of many more devices than tell each minute, as after a start, when the broker tells of every link at
# once. Beyond that somebody is making names up.
MOST_LYING: Final = 50_000
MOST_BYTES_LYING: Final = 64 * 1024 * 1024


class Word(NamedTuple):
    """What came on a topic, and when."""

    payload: bytes
    at_ms: int


class CrowdedError(Exception):
    """There is no more room; what lies there is stored soon."""


class Lying:
    """Words by topic. Not for several threads at once."""

    def __init__(self) -> None:
        self._words: dict[Topic, Word] = {}
        self._bytes = 0

    def lay(self, topic: Topic, word: Word) -> bool:
        """Put a word down; whether an older one of the same topic lay there, which is gone now.

        Raises:
            CrowdedError: there is no room for it.
        """
        older = self._words.get(topic)
        more = len(word.payload) - (len(older.payload) if older else 0)
        if (older is None and len(self._words) >= MOST_LYING) or self._bytes + more > MOST_BYTES_LYING:
            raise CrowdedError
        self._words[topic] = word
        self._bytes += more
        return older is not None

    def take(self) -> dict[Topic, Word]:
        """All of them, in the order in which each topic was first heard; nothing lies there any more."""
        taken, self._words, self._bytes = self._words, {}, 0
        return taken

    def __len__(self) -> int:
        """How many lie there."""
        return len(self._words)
