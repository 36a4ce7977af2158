"""Records out of files, by the same way as from the broker: read in several processes, entered by one.

Idempotent, and so resumable: each batch is one transaction, and what is stored already is known by its digest and is
not weighed again.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from ingest_server.authenticity.counting import Counting
from ingest_server.clock import now_ms
from ingest_server.counting_choice import chosen_counting
from ingest_server.intake.abreast import abreast
from ingest_server.intake.carried_files import Line
from ingest_server.intake.entering import Entering
from ingest_server.intake.live_rules import LiveRules
from ingest_server.intake.outcome import Outcome
from ingest_server.intake.reading import Arrival, Read, Reading, ReadNote, Refusal, Taken
from ingest_server.intake.signers import signers_in
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store.database import Database
from ingest_server.store.records import known_receipts
from visit_record.catalogue import service_items
from visit_record.receipts import Receipt
from visit_record.sealing import digest_of

BATCH = 250
_outcomes = msgspec.msgpack.Decoder(list[Read | ReadNote | Refusal])


class Batch(Struct, frozen=True):
    """Lines that are to be read, and what the receipts say of those that are stored already."""

    fresh: list[Line]
    known: list[Receipt]
    size: int


@dataclass(frozen=True)
class Source:
    """Where records are weighed by what: every process opens the store for itself."""

    database_url: str
    data_dir: Path

    def read(self, batch: Batch) -> bytes:
        """What came of each fresh line, in order, as MessagePack: it goes from process to process."""
        parts = parts_of(self)
        parts.live.refresh()
        enrolled = signers_in(parts.database)
        found = [parts.reading.read(Arrival(None, line.sealed), enrolled) for line in batch.fresh]
        return msgspec.msgpack.encode(found)


class Parts(NamedTuple):
    """What a process reads records with."""

    database: Database
    live: LiveRules
    counting: Counting
    reading: Reading


@cache
def parts_of(source: Source) -> Parts:
    """The parts, once in each process.

    Raises:
        ServerError: the store, its live rules or the tariff cannot be read.
    """
    database, counting = Database(source.database_url), chosen_counting(source.data_dir)
    live = LiveRules(database, shipped_calibration(EVIDENCE_IDS), service_items(), now_ms, Outcome())
    return Parts(database, live, counting, Reading(live.weigh, counting, live.shadow))


class Carried:
    """Takes lines in, batch by batch."""

    def __init__(self, source: Source, outcome: Outcome, batch: int = BATCH) -> None:
        """Open the store.

        Raises:
            ServerError: as :func:`parts_of`.
        """
        parts = parts_of(source)
        self._source = source
        self._outcome = outcome
        self._batch = batch
        self._database = parts.database
        self._entering = Entering(parts.database, now_ms, outcome, parts.counting)

    def take(
        self, lines: Iterable[Line], processes: int, prepare: Callable[[], None]
    ) -> Generator[tuple[int, list[Receipt]]]:
        """Enter what is good and refuse what is not; after each batch, its bytes and what its receipts are to say.

        Raises:
            StoreError: the database failed; the batches before stay.
            CarriedFilesError: a process was ended from outside.
            OSError: a file cannot be read.
        """
        for batch, found in abreast(self._source.read, self._batches(lines), processes, prepare):
            yield batch.size, [*batch.known, *self._entered(batch, _outcomes.decode(found))]

    def _batches(self, lines: Iterable[Line]) -> Iterator[Batch]:
        lines = iter(lines)
        while some := list(islice(lines, self._batch)):
            digests = [digest_of(line.sealed) for line in some]
            with self._database.reading() as connection:
                known = known_receipts(connection, set(digests))
            fresh = [line for digest, line in zip(digests, some, strict=True) if digest not in known]
            self._outcome.repeated(len(some) - len(fresh))
            yield Batch(fresh, list(known.values()), sum(line.size for line in some))

    def _entered(self, batch: Batch, found: list[Taken | Refusal]) -> list[Receipt]:
        for line, one in zip(batch.fresh, found, strict=True):
            if isinstance(one, Refusal):
                self._outcome.refused_at(line, one)
        return self._entering.enter([one for one in found if not isinstance(one, Refusal)])
