"""The services that a record claims, each set against its time and against what was heard in it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ingest_server.scoring.heard import CARE_CUES, Heard
from ingest_server.scoring.ruler import Ruler
from visit_record.catalogue import ServiceItem
from visit_record.record import ServiceClaim
from visit_record.vocabulary import OccupancyCue

Items = Mapping[str, ServiceItem]

# A claimed item may begin or end a little beside the button that was pressed for it, with wet hands.
CLAIM_SLACK_S = 60.0
# Two seconds in a minute: water poured twice is care sound enough; one clatter of a plate is not.
LEAST_SOUND_S, LEAST_SOUND_SHARE = 2.0, 2 / 60
DROWNED_SHARE = 0.5
# Of the catalogue's usual minutes: so long may both be in another room, however long the item is said to have taken.
LONGEST_ELSEWHERE = 1.5


class Claimed(NamedTuple):
    """A claim with its item: its time as bits of the visit's ruler, and that with a minute's slack on either side."""

    claim: ServiceClaim
    item: ServiceItem
    when: int
    about: int


class ClaimHeard(NamedTuple):
    """A claim set against the sounds.

    ``supported``: the item's own were heard; ``drowned``: they would not have been, for half of its time;
    ``other_share``: the share of its time over which care was heard that it does not leave.
    """

    item: ServiceItem
    supported: bool
    drowned: bool
    other_share: float


def claims(claimed: Iterable[ServiceClaim], items: Items, ruler: Ruler) -> Iterator[Claimed]:
    """Those whose item is known, and that have a length."""
    for claim in claimed:
        item, start_ms, length_s = items.get(claim.item), claim.started_at_ms, claim.duration_s
        if item is not None and length_s > 0:
            about = ruler.bits(start_ms - 1000 * CLAIM_SLACK_S, length_s + 2 * CLAIM_SLACK_S)
            yield Claimed(claim, item, ruler.bits(start_ms, length_s), about)


def elsewhere(claimed: Iterable[Claimed], ruler: Ruler) -> int:
    """When the two may have left the room together: bathing is given in the bathroom, and takes its usual time."""
    bits = 0
    for claim, item, *_ in claimed:
        if OccupancyCue.BED_LEFT in item.occupancy:
            length_s = min(claim.duration_s, 60 * LONGEST_ELSEWHERE * item.usual_minutes)
            bits |= ruler.bits(claim.started_at_ms - 1000 * CLAIM_SLACK_S, length_s + 2 * CLAIM_SLACK_S)
    return bits


def claim_heard(claimed: Claimed, sound: Heard) -> ClaimHeard:
    """One claim against the sounds."""
    claim, item, when, about = claimed
    seconds = sound.ruler.seconds
    heard_s = seconds(sound.of(item.sound) & about)
    return ClaimHeard(
        item=item,
        supported=heard_s >= max(LEAST_SOUND_S, LEAST_SOUND_SHARE * claim.duration_s),
        drowned=seconds(sound.masked & when) > DROWNED_SHARE * claim.duration_s,
        other_share=(sound.of(CARE_CUES.difference(item.sound)) & when).bit_count() / max(1, when.bit_count()),
    )
