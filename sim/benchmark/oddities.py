"""What makes a visit odd, whoever is honest: names to group visits by. Pure."""

from collections.abc import Iterator

from sim.benchmark.dropping import PARTS
from sim.staging.visits import StagedVisit
from visit_record.record import Fix, NotObserved, VisitRecord
from visit_record.vocabulary import Modality, NotObservedReason


def oddities_of(visit: StagedVisit, record: VisitRecord) -> Iterator[str]:
    """What was staged out of the ordinary, each decoy by its name, and each sense that saw nothing, with the reason."""
    yield from visit.oddities - {"decoys"}
    yield from visit.script.conditions.decoys
    for sense, part in PARTS.items():
        told = getattr(record, part)
        if isinstance(told, NotObserved):
            yield _unseen(sense, told.reason)
    if not isinstance(record.where.check_in, Fix) and not isinstance(record.where.check_out, Fix):
        yield _unseen(Modality.POSITION, record.where.check_in.reason)


def _unseen(sense: Modality, reason: NotObservedReason) -> str:
    return f"{sense}: {reason}"
