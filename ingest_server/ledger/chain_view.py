"""The neighbourhood of a batch in its devices' chains, judged as the batch is entered. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from visit_record.chain import LinkState, judge_link
from visit_record.record import ChainLink


class ChainEntry(Struct, frozen=True):
    """A record's place in its device's chain, and how it stood when last judged."""

    device: str
    seq: int
    digest: str
    prev: str | None
    state: LinkState


def neighbourhood(device: str, seq: int) -> list[tuple[str, int]]:
    """The places that decide how a record at ``seq``, and the ones beside it, link."""
    return [(device, seq + step) for step in (-2, -1, 0, 1, 2)]


class ChainView:
    """Known records around a batch; each new one is judged, and may change how its neighbours stand."""

    def __init__(self, known: Iterable[ChainEntry]) -> None:
        self._entries: dict[tuple[str, int], dict[str, ChainEntry]] = defaultdict(dict)
        self._stored: dict[str, LinkState] = {}
        for entry in known:
            self._entries[entry.device, entry.seq][entry.digest] = entry
            self._stored[entry.digest] = entry.state

    def add(self, device: str, link: ChainLink, digest: str) -> None:
        """Enter a record, and judge it and its neighbours anew."""
        self._entries[device, link.seq][digest] = ChainEntry(device, link.seq, digest, link.prev, LinkState.GAP)
        for seq in (link.seq - 1, link.seq, link.seq + 1):
            self._judge((device, seq))

    def states(self) -> dict[str, LinkState]:
        """How every record of the view stands now, by digest."""
        return {entry.digest: entry.state for entry in self._all()}

    def changed(self) -> Iterator[tuple[str, LinkState]]:
        """Records that were stored before the batch and stand otherwise now."""
        for entry in self._all():
            if self._stored.get(entry.digest, entry.state) is not entry.state:
                yield entry.digest, entry.state

    def _judge(self, place: tuple[str, int]) -> None:
        device, seq = place
        here = self._entries[place]
        before = self._entries[device, seq - 1].keys()
        successor_prevs = [entry.prev for entry in self._entries[device, seq + 1].values()]
        for digest, entry in list(here.items()):
            state = judge_link(ChainLink(entry.seq, entry.prev), before, here.keys(), successor_prevs, digest)
            here[digest] = ChainEntry(device, seq, digest, entry.prev, state)

    def _all(self) -> Iterator[ChainEntry]:
        for entries in self._entries.values():
            yield from entries.values()
