"""What was sealed last: for each order, and of all, for whoever comes to the screen."""

from collections.abc import Iterable, Set

from msgspec import structs

from edge_agent.desk.order_views import LastSealed, ordered
from edge_agent.desk.showing import Showing
from edge_agent.desk.view import SealedView, VisitView
from edge_agent.outbox import WaitingRecord
from edge_agent.past_visit import PastVisit
from edge_agent.visit_state import ENDINGS
from visit_record.vocabulary import Ending

# A stop that cut a visit is told of at the next start, unless that is this much later: then nobody waits for it.
STOP_TOLD_MS = 900_000


class Sealings:
    """Called under the desk's lock, and takes none itself; ``of_orders`` alone may be looked up without it."""

    def __init__(self, showing: Showing, cut: Set[int]) -> None:
        """``cut`` is the records that this start sealed of visits which were cut short: the last of them is shown.

        So is the last visit of all where the stop before this start cut it short and sealed it itself.

        Raises:
            OutboxError: what was sealed before cannot be read.
        """
        parts = showing.parts
        # Who comes after a power cut is not asked to check in to what is done, and is told what was cut.
        before = parts.notes.past.last_of_orders()
        self.of_orders = {order: LastSealed(said.seq, said.ending) for order, said in before.items()}
        told = _cut_last(before.values(), cut, parts.wall_ms(parts.clock()))
        self._clock = parts.clock
        self._last = showing.sealed_before(told) if told else None
        self._sealed_at_ms = parts.clock()

    def take(self, ended: VisitView, record: WaitingRecord) -> None:
        """A visit that was shown is sealed."""
        last = self.of_orders[ordered(ended.order)] = LastSealed(record.seq, ENDINGS[ended.state])
        self._last = SealedView(ended.order, 0, last.seq, last.ending, ended.elapsed_s, waiting=True)
        self._sealed_at_ms = self._clock()

    def begin(self) -> None:
        """Another visit begins: nobody comes to read of the one before."""
        self._last = None

    def last(self) -> SealedView | None:
        """What was sealed last of all, until another visit begins; as it stood with the server then."""
        ago_ms = self._clock() - self._sealed_at_ms
        return structs.replace(self._last, ago_ms=ago_ms) if self._last else None


def _cut_last(before: Iterable[PastVisit], cut: Set[int], now_ms: int) -> PastVisit | None:
    """The visit that was cut last, by what this start found or by the stop just before it."""
    by_seq = sorted(before, key=lambda said: said.seq)
    # A clock that is not set yet stands where it was saved, before the stop: it may not hide what was cut.
    stopped = {
        said.seq
        for said in by_seq[-1:]
        if said.ending is Ending.INTERRUPTED and now_ms - said.check_out_ms < STOP_TOLD_MS
    }
    return next((said for said in reversed(by_seq) if said.seq in {*cut, *stopped}), None)
