"""Who would move: verdicts that stand against verdicts weighed anew, as a table and a sample to look at. Pure."""

from collections import Counter
from hashlib import sha256
from heapq import heappush, heappushpop

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.scoring.verdict import DOUBTED, Band, RaisedException, Reason, Verdict
from visit_record.vocabulary import Typology

REASONS_SHOWN = 3


class Stands(Struct, frozen=True):
    """Where a visit stands in the queue."""

    band: Band
    typology: Typology
    suspicion: float


class Moved(Struct, frozen=True):
    """A visit that moves to another band or another name, with the heaviest reasons and the exceptions it then has."""

    visit: str
    digest: str
    agency: str
    caregiver: str
    check_in_ms: int
    before: Stands
    after: Stands
    reasons: tuple[Reason, ...] = ()
    exceptions: tuple[RaisedException, ...] = ()


class BandFlow(Struct, frozen=True):
    """How many visits go from one band to another, or stay."""

    before: Band
    after: Band
    visits: int


class TypologyFlow(Struct, frozen=True):
    """How many visits go from one name to another, or keep theirs."""

    before: Typology
    after: Typology
    visits: int


class AgencyMovement(Struct, frozen=True):
    """How many visits of an agency were weighed, moved, and are to be looked at before and after."""

    agency: str
    visits: int
    moved: int
    doubted_before: int
    doubted_after: int


class Movement(Struct, frozen=True):
    """What weighing visits again comes to; ``unreadable`` are records that no longer open, and were left out."""

    rules: str
    calibration: str
    visits: int
    moved: int
    unreadable: int
    bands: tuple[BandFlow, ...]
    typologies: tuple[TypologyFlow, ...]
    agencies: tuple[AgencyMovement, ...]
    sample: tuple[Moved, ...]


def of_one_agency(movement: Movement, agency: str) -> Movement:
    """What an agency may know of a movement: its own row and its own visits, and nothing that counts the others'."""
    own = tuple(one for one in movement.agencies if one.agency == agency)
    return replace(
        movement,
        visits=sum(one.visits for one in own),
        moved=sum(one.moved for one in own),
        unreadable=0,
        bands=(),
        typologies=(),
        agencies=own,
        sample=tuple(moved for moved in movement.sample if moved.agency == agency),
    )


def without_visits(movement: Movement) -> Movement:
    """The counts alone, for whoever sees no evidence."""
    return replace(movement, sample=())


class MovementTally:
    """Counts visits one by one, in memory that does not grow with them.

    The sample is the ``sample`` visits that move whose digests hash lowest with ``seed``: the same ones in whatever
    order and batches the visits come.
    """

    def __init__(self, rules: str, calibration: str, *, sample: int, seed: int) -> None:
        self._rules, self._calibration = rules, calibration
        self._sample, self._seed = sample, seed
        self._bands: Counter[tuple[Band, Band]] = Counter()
        self._typologies: Counter[tuple[Typology, Typology]] = Counter()
        self._agencies: dict[str, Counter[str]] = {}
        self._moved = self._unreadable = 0
        self._kept: list[tuple[int, str, Moved]] = []

    def add(self, visit: Moved, verdict: Verdict) -> None:
        """Count one visit; ``visit`` may or may not have moved."""
        before, after = visit.before, visit.after
        moved = (before.band, before.typology) != (after.band, after.typology)
        self._bands[before.band, after.band] += 1
        self._typologies[before.typology, after.typology] += 1
        self._moved += moved
        of_agency = self._agencies.setdefault(visit.agency, Counter())
        of_agency.update(
            visits=1, moved=moved, doubted_before=before.band in DOUBTED, doubted_after=after.band in DOUBTED
        )
        if moved and self._sample:
            self._keep(visit, verdict)

    def add_unreadable(self) -> None:
        """Count a record that no longer opens."""
        self._unreadable += 1

    def movement(self) -> Movement:
        """The table so far."""
        return Movement(
            rules=self._rules,
            calibration=self._calibration,
            visits=self._bands.total(),
            moved=self._moved,
            unreadable=self._unreadable,
            bands=tuple(BandFlow(*flow, count) for flow, count in sorted(self._bands.items())),
            typologies=tuple(TypologyFlow(*flow, count) for flow, count in sorted(self._typologies.items())),
            agencies=tuple(_agency(agency, counted) for agency, counted in sorted(self._agencies.items())),
            sample=tuple(moved for *_, moved in sorted(self._kept, key=lambda kept: -kept[0])),
        )

    def _keep(self, visit: Moved, verdict: Verdict) -> None:
        # A heap of the lowest hashes with the highest of them on top.
        rank = -int.from_bytes(sha256(f"{self._seed}:{visit.digest}".encode()).digest()[:8], "big")
        if len(self._kept) == self._sample and rank <= self._kept[0][0]:
            return
        told = replace(visit, reasons=verdict.reasons[:REASONS_SHOWN], exceptions=verdict.exceptions)
        push = heappush if len(self._kept) < self._sample else heappushpop
        push(self._kept, (rank, visit.digest, told))


def _agency(agency: str, counted: Counter[str]) -> AgencyMovement:
    return AgencyMovement(
        agency, counted["visits"], counted["moved"], counted["doubted_before"], counted["doubted_after"]
    )
