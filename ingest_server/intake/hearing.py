"""What devices tell of themselves, beside their records: the newest word of each, entered now and then in few rows.

It must cost records nothing: the broker's thread only puts a word down, in a place that has its bounds, and another
thread reads and stores what lies there. What is lost on the way is told again within a minute.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain, islice
from types import TracebackType
from typing import Final, Protocol, Self

import structlog

from ingest_server.errors import StoreError
from ingest_server.fleet.told import Link
from ingest_server.intake.lying import CrowdedError, Lying, Word
from ingest_server.local_days import HOUR_MS
from ingest_server.store.database import Database
from ingest_server.store.listening import enter_listening
from ingest_server.store.told import Saying, enter_told, forget_hours, registered
from visit_record.errors import RefusedError
from visit_record.health import MAX_HEALTH_BYTES, read_health
from visit_record.record import IDENTIFIER
from visit_record.topics import Kind, Topic, parse_topic

# How long words lie until they are stored: half of the minute in which each device tells again.
PAUSE_S: Final = 30.0
# In one transaction, for which records may have to wait: some thirty milliseconds.
MOST_AT_ONCE: Final = 200
# How often it is noted that somebody listens, which ends only after a gap of an hour.
NOTED_EVERY_MS: Final = 300_000
log = structlog.get_logger()


class Fate(StrEnum):
    """What became of a word; each has one."""

    STORED = "stored"
    OVERTAKEN = "overtaken"
    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    FOREIGN = "foreign"
    """In the name of a device that is not registered, is revoked, or is another agency's."""
    STALE = "stale"
    """Kept by the broker, from nobody knows when."""
    CROWDED_OUT = "crowded_out"
    NOT_STORED = "not_stored"


class WordTally(Protocol):
    """Counts what became of words."""

    def told(self, fate: str, count: int) -> None:
        """So many words had this fate."""
        ...


class Hearing:
    """Hears on one thread, and stores on its own from ``with`` to its end.

    ``listens`` is whether words can be heard now. Names that nobody registered lie in a place of their own, so that
    whoever makes them up crowds out no device; one that was registered a moment ago is among them until the next look.
    """

    def __init__(
        self,
        database: Database,
        now_ms: Callable[[], int],
        tally: WordTally,
        listens: Callable[[], bool],
        pause_s: float = PAUSE_S,
    ) -> None:
        self._database = database
        self._now_ms = now_ms
        self._tally = tally
        self._listens = listens
        self._pause_s = pause_s
        self._registered: frozenset[tuple[str, str]] = frozenset()
        self._own, self._strangers = Lying(), Lying()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._swept_ms: int | None = None
        self._noted_ms: int | None = None
        self._thread = threading.Thread(target=self._run, name="hearing")

    def __enter__(self) -> Self:
        """Begin to store.

        Raises:
            StoreError: the database fails.
        """
        self._registered = self._registered_now()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def hear(self, topic: str, payload: bytes, kept: bool) -> None:
        """Put a word down, the newest of each device and kind; ``kept`` is whether the broker had it from before."""
        fate = self._put_down(topic, payload, kept)
        if fate is not None:
            self._tally.told(fate, 1)

    def settle(self) -> None:
        """Store what lies there, some hundred words a transaction.

        Raises:
            StoreError: the database fails. The rest is not tried: each chunk would wait its patience out, the end too.
        """
        now_registered = self._registered_now()
        with self._lock:
            own, strangers = self._own.take(), self._strangers.take()
            self._registered = now_registered
        said = self._read(chain(own.items(), strangers.items()))
        while chunk := list(islice(said, MOST_AT_ONCE)):
            try:
                self._store(chunk)
            except Exception:
                self._tally.told(Fate.NOT_STORED, len(chunk) + len(list(said)))
                raise

    def sweep(self) -> None:
        """Forget the hours whose time is up, once an hour.

        Raises:
            StoreError: the database fails.
        """
        now_ms = self._now_ms()
        if self._swept_ms is not None and abs(now_ms - self._swept_ms) < HOUR_MS:
            return
        after_device: str | None = ""
        while after_device is not None and not self._ended.is_set():
            with self._database.writing() as connection:
                after_device = forget_hours(connection, after_device, now_ms, MOST_AT_ONCE)
        self._swept_ms = now_ms

    def note(self) -> None:
        """Note that somebody listens, now and then.

        Raises:
            StoreError: the database fails.
        """
        now_ms = self._now_ms()
        if self._listens() and (self._noted_ms is None or abs(now_ms - self._noted_ms) >= NOTED_EVERY_MS):
            with self._database.writing() as connection:
                enter_listening(connection, now_ms)
            self._noted_ms = now_ms

    def _registered_now(self) -> frozenset[tuple[str, str]]:
        with self._database.reading() as connection:
            return registered(connection)

    def _run(self) -> None:
        while not self._ended.wait(self._pause_s):
            self._look()
        self._look()

    def _look(self) -> None:
        # Whatever is wrong with words, records go on being taken in.
        try:
            self.settle()
            self.note()
            self.sweep()
        except StoreError as failure:
            log.warning("what devices told was not stored, going on", detail=str(failure))
        except Exception:
            log.exception("what devices told was not stored, going on")

    def _put_down(self, text: str, payload: bytes, kept: bool) -> Fate | None:
        try:
            topic = parse_topic(text)
        except RefusedError:
            return Fate.MALFORMED
        if len(payload) > MAX_HEALTH_BYTES:
            return Fate.OVERSIZED
        # Every name of ours has a bound; a level of a topic may have 64 KiB, which nothing here would count.
        if not (IDENTIFIER.fullmatch(topic.agency) and IDENTIFIER.fullmatch(topic.device)):
            return Fate.FOREIGN
        if kept and topic.kind is Kind.HEALTH:
            return Fate.STALE
        return self._lay(topic, Word(payload, self._now_ms()))

    def _lay(self, topic: Topic, word: Word) -> Fate | None:
        with self._lock:
            place = self._own if (topic.agency, topic.device) in self._registered else self._strangers
            try:
                return Fate.OVERTAKEN if place.lay(topic, word) else None
            except CrowdedError:
                return Fate.CROWDED_OUT

    def _read(self, words: Iterable[tuple[Topic, Word]]) -> Iterator[Saying]:
        for topic, word in words:
            try:
                said = read_health(word.payload) if topic.kind is Kind.HEALTH else Link(word.payload.decode())
            except (RefusedError, ValueError):
                self._tally.told(Fate.MALFORMED, 1)
                continue
            yield Saying(topic.agency, topic.device, word.at_ms, said)

    def _store(self, said: Sequence[Saying]) -> None:
        with self._database.writing() as connection:
            foreign = enter_told(connection, said)
        fates = Counter({Fate.STORED: len(said) - len(foreign), Fate.FOREIGN: len(foreign)})
        for fate, count in (+fates).items():
            self._tally.told(fate, count)
