"""Which visits are alike: the recipient's disability level, and what kind of care the visit is mostly made of."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from visit_record.catalogue import ServiceItem
from visit_record.record import VisitRecord

UNKNOWN_LEVEL: Final = "?"


class ItemMix(StrEnum):
    """What most of a visit's minutes go to, the most demanding first."""

    CLINICAL = "clinical"
    HYGIENE = "hygiene"
    LIVING = "living"
    NONE = "none"


_CLINICAL: Final = frozenset(
    {"skin_care", "medication", "vital_signs", "tube_feeding", "catheter_care", "wound_dressing", "blood_glucose"}
)
_HYGIENE: Final = frozenset(
    {
        "hair_washing",
        "face_and_hair_care",
        "oral_care",
        "sponge_bath",
        "bathing",
        "hand_and_foot_care",
        "nail_care",
        "toileting",
        "perineal_care",
    }
)


def stratum_of(record: VisitRecord, level: int | None, items: Mapping[str, ServiceItem]) -> str:
    """``level/mix``: as planned where there is an order that names items, else as claimed."""
    order = record.who.order
    planned = order.items if order is not None else ()
    mix = item_mix(planned or (claim.item for claim in record.services.claimed), items)
    return f"{UNKNOWN_LEVEL if level is None else level}/{mix}"


def item_mix(ids: Iterable[str], items: Mapping[str, ServiceItem]) -> ItemMix:
    """The class with most of the usual minutes, of several the most demanding; an unknown item is everyday living."""
    minutes: Counter[ItemMix] = Counter()
    for id_ in ids:
        minutes[_class_of(id_)] += items[id_].usual_minutes if id_ in items else 10
    return max((mix for mix in ItemMix if mix in minutes), key=minutes.__getitem__, default=ItemMix.NONE)


def _class_of(item: str) -> ItemMix:
    if item in _CLINICAL:
        return ItemMix.CLINICAL
    return ItemMix.HYGIENE if item in _HYGIENE else ItemMix.LIVING
