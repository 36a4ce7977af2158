"""What became of records out of files, for whoever asked for them to be taken in."""

from collections import Counter
from dataclasses import dataclass, field

import structlog

from ingest_server.intake.carried_files import Line
from ingest_server.intake.reading import Refusal

MOST_PLACES = 3
log = structlog.get_logger()


@dataclass
class Outcome:
    """What became of records so far; of each reason for a refusal the first places where it was met.

    Implements :class:`ingest_server.intake.entering.Tally` and :class:`ingest_server.intake.live_rules.ShadowTally`.
    """

    accepted_so_far: int = 0
    repeated_so_far: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)

    def accepted(self, count: int) -> None:
        """New records stored."""
        self.accepted_so_far += count

    def repeated(self, count: int) -> None:
        """Records that were stored before."""
        self.repeated_so_far += count

    def refused(self, reason: str) -> None:
        """One record refused."""
        self.refusals[reason] += 1

    def refused_at(self, line: Line, refusal: Refusal) -> None:
        """The same, with its place."""
        self.refused(refusal.reason)
        if len(met := self.places.setdefault(refusal.reason, [])) < MOST_PLACES:
            met.append(line.place)
        log.warning("record refused", reason=refusal.reason, detail=refusal.detail, place=line.place)

    def shadowed(self, outcome: str) -> None:
        """Verdicts in the shadow are counted by a server alone; they are stored all the same."""
