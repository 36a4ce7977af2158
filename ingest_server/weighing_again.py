"""Stored visits weighed again: to see who would move (replay), or to keep the new verdicts beside the old (score)."""

from collections.abc import Callable, Mapping, Sequence

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from sqlalchemy import Connection

from ingest_server.errors import AlteredRecordError, UnreadableVerdictError
from ingest_server.rules.movement import Movement, MovementTally
from ingest_server.rules.rules import Rules
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.verdict import Verdict
from ingest_server.scoring.weigher import Weigher
from ingest_server.store.database import Database
from ingest_server.store.devices import keys_of
from ingest_server.store.history import BATCH, Period, StoredVisit, visit_batches
from ingest_server.store.opening import opened_again
from ingest_server.store.summaries import stored_verdict
from ingest_server.store.verdicts import Given, Purpose, give_again, let_stand, out_of_the_shadow
from visit_record.catalogue import ServiceItem
from visit_record.record import VisitRecord

log = structlog.get_logger()
Advance = Callable[[int], None]
# What else counts by the verdicts that stand is told whose have changed, in the transaction that changed them.
Adopted = Callable[[Connection, Sequence[str]], object]


class Sampling(Struct, frozen=True):
    """How many of the visits that move are shown, and the seed that chooses them."""

    size: int = 10
    seed: int = 0


class _Again(Struct, frozen=True):
    """A visit and its verdict under the new versions; ``new`` unless that was stored before."""

    visit: StoredVisit
    verdict: Verdict
    new: bool


Judge = Callable[[Sequence[StoredVisit], MovementTally], list[_Again]]


class WeighingAgain:
    """Weighs stored visits under one calibration and one rule set.

    Records are opened with their signature checked, so that bytes altered in the database are not weighed as evidence.
    """

    def __init__(
        self,
        database: Database,
        calibration: Calibration,
        items: Mapping[str, ServiceItem],
        rules: Rules,
        batch: int = BATCH,
    ) -> None:
        """``batch`` visits are weighed and kept at a time, which bounds memory and what an interruption repeats."""
        self._batch = batch
        self._database = database
        self._rules = rules
        self._calibration = calibration.version
        self._weigher = Weigher(calibration, items, rules)
        self._keys: dict[str, Mapping[str, Ed25519PublicKey]] = {}

    def replay(self, period: Period, sampling: Sampling, advance: Advance) -> Movement:
        """See who would move; nothing is stored. ``advance`` is told how many visits are done.

        Raises:
            StoreError: the store fails.
        """
        return self._weigh(period, sampling, self._afresh, lambda _: None, advance)

    def score(
        self, period: Period, sampling: Sampling, advance: Advance, *, at_ms: int, adopt: Adopted | None
    ) -> Movement:
        """Store the verdicts beside the old ones, and let them stand if ``adopt`` is to be told of it.

        Each batch is one transaction.

        A verdict that is stored already under these versions and thresholds is taken as it is: what was interrupted
        goes on where it stopped.

        Raises:
            StoreError: the store fails; batches before it are kept.
        """

        def keep(batch: Sequence[_Again]) -> None:
            # A verdict that stands is not replaced under the lists' feet: other thresholds take effect when adopted.
            new = (one for one in batch if one.new and (adopt is not None or not one.visit.stands_so))
            given = [Given(one.visit.digest, one.verdict, at_ms, Purpose.AGAIN) for one in new]
            with self._database.writing() as connection:
                give_again(connection, given)
                out_of_the_shadow(connection, ((one.visit.digest, one.verdict) for one in batch if not one.new))
                if adopt is not None:
                    let_stand(connection, ((one.visit.digest, one.verdict) for one in batch))
                    adopt(connection, [one.visit.digest for one in batch])

        return self._weigh(period, sampling, self._known_or_afresh, keep, advance)

    def _weigh(
        self,
        period: Period,
        sampling: Sampling,
        judge: Judge,
        keep: Callable[[Sequence[_Again]], None],
        advance: Advance,
    ) -> Movement:
        tally = MovementTally(self._rules.version, self._calibration, sample=sampling.size, seed=sampling.seed)
        versions = (self._calibration, self._rules.version)
        for visits in visit_batches(self._database, period, versions, self._batch):
            batch = judge(visits, tally)
            keep(batch)
            for one in batch:
                tally.add(one.visit.moved_by(one.verdict), one.verdict)
            advance(len(visits))
        return tally.movement()

    def _afresh(self, visits: Sequence[StoredVisit], tally: MovementTally) -> list[_Again]:
        opened = [(visit, record) for visit in visits if (record := self._opened(visit, tally)) is not None]
        weighed = self._weigher.weigh_all([record for _, record in opened])
        return [_Again(visit, verdict, new=True) for (visit, _), verdict in zip(opened, weighed, strict=True)]

    def _known_or_afresh(self, visits: Sequence[StoredVisit], tally: MovementTally) -> list[_Again]:
        known = [_Again(visit, verdict, new=False) for visit in visits if (verdict := self._known(visit)) is not None]
        missing = {visit.digest for visit in visits} - {one.visit.digest for one in known}
        return known + self._afresh([visit for visit in visits if visit.digest in missing], tally)

    def _opened(self, visit: StoredVisit, tally: MovementTally) -> VisitRecord | None:
        try:
            return opened_again(visit.sealed, visit.digest, self._keys_of(visit.device)).record
        except AlteredRecordError as failure:
            log.error("stored record was altered and is left out", record=visit.digest, detail=str(failure))
            tally.add_unreadable()
            return None

    def _known(self, visit: StoredVisit) -> Verdict | None:
        """The verdict under these versions, if it was put in its band by the thresholds of now."""
        if visit.known is None:
            return None
        try:
            known = stored_verdict(visit.digest, visit.known)
        except UnreadableVerdictError as failure:
            log.warning("verdict cannot be read and is given again", record=visit.digest, detail=str(failure))
            return None
        return known if known.thresholds == self._rules.thresholds(visit.agency) else None

    def _keys_of(self, device: str) -> Mapping[str, Ed25519PublicKey]:
        if device not in self._keys:
            with self._database.reading() as connection:
                self._keys[device] = keys_of(connection, device)
        return self._keys[device]
