"""Hand-made outcomes of weighed visits."""

from collections.abc import Iterable, Mapping
from itertools import combinations

from ingest_server.scoring.verdict import Band
from sim.benchmark.dropping import SENSES
from sim.benchmark.outcome import Missing, Outcome, Weighings, Weight
from visit_record.vocabulary import Typology

WAYS = tuple(way for count in range(len(SENSES)) for way in combinations(SENSES, count))


def outcome(  # noqa: PLR0917 - the parts of an outcome, most of them usual
    truth: Typology,
    log10_lr: float,
    caregiver: str = "caregiver-1",
    leading: Typology | None = None,
    band: Band = Band.CREDIBLE,
    missing: Mapping[Missing, Weight] | None = None,
    oddities: tuple[str, ...] = (),
) -> Outcome:
    """A visit that every sense saw; it weighs the same without some of them, but for what ``missing`` says."""
    even = {way: Weight(log10_lr, band) for way in WAYS}
    return Outcome(
        caregiver=caregiver,
        agency="agency-a",
        stratum="",
        truth=truth,
        variant="",
        oddities=oddities,
        complete=True,
        leading=leading or (Typology.EMPTY_ORDER if truth is Typology.GENUINE else truth),
        weights={**even, **(missing or {})},
        values={},
    )


def honest(scores: Iterable[float], caregivers: int = 10) -> list[Outcome]:
    """Genuine visits, shared out among so many caregivers."""
    return [outcome(Typology.GENUINE, one, f"caregiver-{at % caregivers}") for at, one in enumerate(scores)]


def faked(truth: Typology, scores: Iterable[float], caregivers: int = 10) -> list[Outcome]:
    """Faked visits, shared out among so many caregivers."""
    return [outcome(truth, one, f"caregiver-{at % caregivers}") for at, one in enumerate(scores)]


def weighings(*several: Iterable[Outcome]) -> Weighings:
    """All of them together."""
    return Weighings(tuple(one for some in several for one in some))
