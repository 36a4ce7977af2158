"""How much of what was asked of a visit could be observed, and what could not. Pure."""

from collections.abc import Mapping, Sequence
from functools import cache

from ingest_server.scoring.evidence import EVIDENCE, GROUPS
from ingest_server.scoring.measures.measured import NOT_ASKED, Measured
from ingest_server.scoring.verdict import Unobserved
from visit_record.record import NotObserved, VisitRecord
from visit_record.vocabulary import Modality, NotObservedReason

_GROUP_OF = [GROUPS.index(item.group) for item in EVIDENCE]


def missing_senses(record: VisitRecord) -> Mapping[Modality, NotObservedReason]:
    """The senses that observed nothing in a whole visit, each with why; of a position, why there was none at first."""
    parts = {
        Modality.FACE: (record.face,),
        Modality.VOICE: (record.voice,),
        Modality.SOUND: (record.sound,),
        Modality.THERMAL: (record.occupancy,),
        Modality.POSITION: (record.where.check_in, record.where.check_out),
    }
    unseen = {sense: [one for one in seen if isinstance(one, NotObserved)] for sense, seen in parts.items()}
    return {sense: found[0].reason for sense, found in unseen.items() if len(found) == len(parts[sense])}


def observed_share(measured: Sequence[Measured], unseen: Sequence[bool], unobserved: int) -> float:
    """Share of what was asked that could be observed.

    ``unseen`` says of which groups nothing was observed, ``unobserved`` how many measurements could not be made.
    A group of which nothing was observed was asked all the same: a record must not get off by saying that it was not.
    """
    pairs = zip(_GROUP_OF, measured, strict=True)
    not_asked = sum(value is NOT_ASKED and not unseen[group] for group, value in pairs)
    return (len(measured) - unobserved) / max(1, len(measured) - not_asked)


def not_observed(measured: Sequence[Measured]) -> tuple[Unobserved, ...]:
    """The measurements that could not be made, each with why."""
    pairs = zip(EVIDENCE, measured, strict=True)
    return tuple(_missing(item.id, why) for item, why in pairs if isinstance(why, NotObservedReason))


@cache
def _missing(evidence: str, why: NotObservedReason) -> Unobserved:
    return Unobserved(evidence, why)
