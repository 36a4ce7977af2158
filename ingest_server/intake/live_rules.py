"""The rules that weigh new records, as the store has them: a change takes effect within seconds, without a restart.

Rules that are tried out weigh beside them. Whatever goes wrong in those is logged and counted, and harms nothing live.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import structlog
from sqlalchemy import Connection

from ingest_server.errors import RulesError
from ingest_server.rules.rule_set import RuleSet, parse_rules
from ingest_server.rules.rules import Rules
from ingest_server.rules.thresholds import bearable, check_thresholds
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.verdict import Thresholds, Verdict
from ingest_server.scoring.weigher import Weigher
from ingest_server.store.changes import changes_so_far
from ingest_server.store.database import Database
from ingest_server.store.rule_sets import StoredRules, live_rules, shadow_rules
from ingest_server.store.thresholds import own_thresholds
from visit_record.catalogue import ServiceItem
from visit_record.record import VisitRecord

LOOK_AGAIN_MS = 1_000
log = structlog.get_logger()


class ShadowTally(Protocol):
    """Counts what became of verdicts in the shadow."""

    def shadowed(self, outcome: str) -> None:
        """One record: ``same``, ``moved`` or ``failed``."""
        ...


class LiveRules:
    """Weighs under the rules and thresholds that the store says are live.

    Example:
        >>> live = LiveRules(database, calibration, service_items(), now_ms, tally)
        >>> live.refresh()  # before each batch
        >>> verdict = live.weigh(record)
        >>> tried_out = live.shadow(record, verdict)
    """

    def __init__(
        self,
        database: Database,
        calibration: Calibration,
        items: Mapping[str, ServiceItem],
        now_ms: Callable[[], int],
        tally: ShadowTally,
    ) -> None:
        """Read the live rules.

        Raises:
            StoreError: the store cannot be read.
            RulesError: none is live, this program cannot read them, or one cue alone could pass their own threshold
                under ``calibration``; other rules can be published while no server runs.
        """
        self._database = database
        self._calibration = calibration
        self._items = items
        self._now_ms = now_ms
        self._tally = tally
        self._looked_at_ms = now_ms()
        with database.reading() as connection:
            self._changes = changes_so_far(connection)
            self._weigher, self._shadow = self._read(connection)

    def refresh(self) -> None:
        """Take over what was changed, looking at most once a second; what cannot be read leaves the former in force.

        Raises:
            StoreError: the store cannot be read.
        """
        now_ms = self._now_ms()
        # A clock that was set back must not stop this for as long as it was set back by.
        if abs(now_ms - self._looked_at_ms) < LOOK_AGAIN_MS:
            return
        self._looked_at_ms = now_ms
        with self._database.reading() as connection:
            changes = changes_so_far(connection)
            if changes == self._changes:
                return
            self._take_over(connection)
            # Last: where the store fails in between, the change is looked for again.
            self._changes = changes

    def weigh(self, record: VisitRecord) -> Verdict:
        """The verdict under the live rules."""
        return self._weigher.weigh(record)

    def shadow(self, record: VisitRecord, verdict: Verdict) -> Verdict | None:
        """What the rules that are tried out say beside ``verdict``; ``None`` where there are none, or they fail."""
        if self._shadow is None:
            return None
        try:
            found = self._shadow.weigh(record)
        except Exception:
            log.exception("shadow rules failed", visit=record.jti)
            self._tally.shadowed("failed")
            return None
        same = (found.band, found.typology) == (verdict.band, verdict.typology)
        self._tally.shadowed("same" if same else "moved")
        return found

    def _take_over(self, connection: Connection) -> None:
        try:
            self._weigher, self._shadow = self._read(connection)
        except RulesError as failure:
            log.error("live rules cannot be used, the former stay in force", detail=str(failure))

    def _read(self, connection: Connection) -> tuple[Weigher, Weigher | None]:
        stored, overrides = live_rules(connection), own_thresholds(connection)
        rule_set = parse_rules(stored.body, EVIDENCE_IDS)
        log.info("rules in force", rules=stored.version, calibration=self._calibration.version)
        return self._weigher_of(rule_set, overrides), self._shadow_of(shadow_rules(connection), overrides)

    def _shadow_of(self, stored: StoredRules | None, overrides: Mapping[str, Thresholds]) -> Weigher | None:
        if stored is None:
            return None
        try:
            return self._weigher_of(parse_rules(stored.body, EVIDENCE_IDS), overrides)
        except RulesError as failure:
            log.error("shadow rules cannot be used", rules=stored.version, detail=str(failure))
            self._tally.shadowed("failed")
            return None

    def _weigher_of(self, rule_set: RuleSet, overrides: Mapping[str, Thresholds]) -> Weigher:
        check_thresholds(rule_set.thresholds, self._calibration, rule_set)
        kept = bearable(overrides, self._calibration, rule_set)
        for agency in overrides.keys() - kept.keys():
            log.warning("thresholds could be passed by one cue alone and are not used", agency=agency)
        return Weigher(self._calibration, self._items, Rules(rule_set, kept))
