"""What visits are made up of: items claimed and heard, ways of checking in. Counted, and never weighed. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from ingest_server.authenticity.tally import MILLION, Tally
from ingest_server.scoring.seen import see
from visit_record.catalogue import ServiceItem
from visit_record.record import VisitRecord
from visit_record.vocabulary import IdentityMethod, Modality

Items = Mapping[str, ServiceItem]
# Ids that no catalogue has are counted under one name: a device must not fill the sums with words of its own.
UNKNOWN_ITEM: Final = "unknown"


class ItemMix(Struct, frozen=True):
    """An item: the visits in which it was claimed, in which its sounds could have been heard, and in which they were.

    An item that leaves no sound, or for which nothing could be heard, is in ``claimed`` alone: not observable is not
    unsupported.
    """

    item: str
    claimed: int
    audible: int
    supported: int


class MonthMakeup(Struct, frozen=True):
    """A month (UTC): its visits, the mean share that could be observed, and visits without each sense."""

    month: str
    visits: int
    observed_share: float
    missing: dict[Modality, int]


class Makeup(Struct, frozen=True):
    """What a subject's visits are made up of.

    ``counted`` are the visits in which items and ways were counted; others were counted by an older version.
    """

    visits: int
    counted: int
    items: tuple[ItemMix, ...]
    ways: dict[IdentityMethod, int]
    months: tuple[MonthMakeup, ...]

    @property
    def other_ways(self) -> int:
        """Visits that were checked in to by anything but the face."""
        return sum(count for way, count in self.ways.items() if way is not IdentityMethod.FACE)


def sums_of(record: VisitRecord, items: Items) -> Iterator[tuple[str, int]]:
    """What one visit adds, by the name of the sum."""
    yield f"way:{record.who.checked_in_by}", 1
    for item in {claim.item if claim.item in items else UNKNOWN_ITEM for claim in record.services.claimed}:
        yield f"claimed:{item}", 1
    heard = [one for one in see(record, items).claims_heard if one.item.sound]
    for item in {one.item.id for one in heard if one.supported or not one.drowned}:
        yield f"audible:{item}", 1
    for item in {one.item.id for one in heard if one.supported}:
        yield f"supported:{item}", 1


def makeup_of(months: Iterable[tuple[str, Tally]]) -> Makeup:
    """What a subject's tallies, each with its month, come to."""
    by_month: dict[str, Tally] = {}
    for month, tally in months:
        by_month[month] = by_month[month].merge(tally) if month in by_month else tally
    whole = Tally.empty()
    for tally in by_month.values():
        whole = whole.merge(tally)
    ways = {way: whole.sums[f"way:{way}"] for way in IdentityMethod if whole.sums[f"way:{way}"]}
    return Makeup(
        visits=whole.visits,
        counted=sum(ways.values()),
        items=tuple(sorted(_mixes(whole), key=lambda mix: (-mix.claimed, mix.item))),
        ways=ways,
        months=tuple(_month(month, by_month[month]) for month in sorted(by_month)),
    )


def _mixes(tally: Tally) -> Iterator[ItemMix]:
    for name, claimed in tally.sums.items():
        kind, _, item = name.partition(":")
        if kind == "claimed" and claimed:
            yield ItemMix(item, claimed, tally.sums[f"audible:{item}"], tally.sums[f"supported:{item}"])


def _month(month: str, tally: Tally) -> MonthMakeup:
    missing = {sense: tally.sums[f"missing:{sense}"] for sense in Modality}
    observed_share = tally.sums["observed"] / MILLION / tally.visits
    return MonthMakeup(month, tally.visits, observed_share, {sense: count for sense, count in missing.items() if count})
