"""Early warnings by theme, as supervisors of a fund name them: which findings about one visit are of which. Pure.

What could not be observed, a sense that is broken or withheld, warns of nothing and is in no theme.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from ingest_server.scoring.verdict import DOUBTED, Verdict
from visit_record.vocabulary import ExceptionCode, Typology


class Theme(StrEnum):
    """What a warning is of."""

    EMPTY_ORDER = "empty_order"
    PERSON_BED_SEPARATION = "person_bed_separation"
    PERSON_CARD_SEPARATION = "person_card_separation"
    ONE_FACE_MANY_CARDS = "one_face_many_cards"
    MULTI_CARD_GATHERING = "multi_card_gathering"
    ABNORMAL_VISIT = "abnormal_visit"
    FEE_WARNING = "fee_warning"


class Signs(Struct, frozen=True):
    """What warns of a theme: a way of faking that a doubted visit is most like, or an exception that was raised."""

    typologies: frozenset[Typology]
    codes: frozenset[ExceptionCode]


SIGNS: Final[Mapping[Theme, Signs]] = {
    Theme.EMPTY_ORDER: Signs(
        frozenset({Typology.EMPTY_ORDER, Typology.COLLUDING_FAMILY}),
        frozenset({ExceptionCode.NO_OCCUPANCY, ExceptionCode.NO_CARE_ACTIVITY}),
    ),
    Theme.PERSON_BED_SEPARATION: Signs(frozenset({Typology.RECIPIENT_ABSENT}), frozenset({ExceptionCode.BED_EMPTY})),
    Theme.PERSON_CARD_SEPARATION: Signs(
        frozenset({Typology.PROXY_CAREGIVER}),
        frozenset({ExceptionCode.FACE_MISMATCH, ExceptionCode.FACE_LIVENESS_FAIL, ExceptionCode.VOICE_MISMATCH}),
    ),
    Theme.ONE_FACE_MANY_CARDS: Signs(
        frozenset({Typology.SHARED_IDENTITY}), frozenset({ExceptionCode.SHARED_IDENTITY})
    ),
    Theme.MULTI_CARD_GATHERING: Signs(
        frozenset({Typology.DOUBLE_BOOKING}), frozenset({ExceptionCode.OVERLAP, ExceptionCode.IMPOSSIBLE_TRAVEL})
    ),
    Theme.ABNORMAL_VISIT: Signs(
        frozenset({
            Typology.PADDED_DURATION, Typology.SERVICE_SWAP, Typology.REPLAYED_EVIDENCE, Typology.FALSE_LOCATION,
            Typology.TAMPERED_DEVICE,
        }),
        frozenset({
            ExceptionCode.NO_CHECKIN, ExceptionCode.NO_CHECKOUT, ExceptionCode.ABANDONED, ExceptionCode.GPS_DISTANCE,
            ExceptionCode.GPS_SPOOF_SUSPECT, ExceptionCode.SHORT_VISIT, ExceptionCode.ITEM_UNSUPPORTED,
            ExceptionCode.REPLAYED_MEDIA,
        }),
    ),
    Theme.FEE_WARNING: Signs(frozenset(), frozenset({ExceptionCode.HOURS_OVER_CAP})),
}  # fmt: skip


def themes_of(verdict: Verdict) -> Iterator[Theme]:
    """The themes that a visit's verdict warns of, each once."""
    codes = {raised.code for raised in verdict.exceptions}
    for theme, signs in SIGNS.items():
        like = verdict.band in DOUBTED and verdict.typology in signs.typologies
        if like or codes & signs.codes:
            yield theme


def screened(raised: Collection[ExceptionCode], weighed: Collection[Typology]) -> frozenset[Theme]:
    """The themes that anything is computed for.

    Args:
        raised: the codes that the rules in force may raise.
        weighed: the ways of faking that the calibration in use has weights for.
    """
    return frozenset(
        theme for theme, signs in SIGNS.items() if signs.codes & set(raised) or signs.typologies & set(weighed)
    )
