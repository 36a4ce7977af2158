"""Taking records in: open, check, chain, enter in the ledger, score, store, receipt; a batch is one transaction."""

from collections.abc import Callable, Sequence

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from ingest_server.authenticity.counting import Counting
from ingest_server.intake.entering import Entering, Tally
from ingest_server.intake.reading import Arrival, Reading, Refusal, Shadow, Taken, Weigh
from ingest_server.intake.signers import signers_in
from ingest_server.store.database import Database
from visit_record.receipts import Receipt, sign_receipt
from visit_record.topics import Kind, Topic

log = structlog.get_logger()


class Reply(Struct, frozen=True):
    """A signed receipt, and where it goes."""

    topic: str
    receipt: bytes


class Intake:
    """The way of a record from the wire to its receipt."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part chosen elsewhere
        self,
        database: Database,
        receipt_key: Ed25519PrivateKey,
        weigh: Weigh,
        now_ms: Callable[[], int],
        tally: Tally,
        counting: Counting,
        shadow: Shadow = lambda _record, _verdict: None,
    ) -> None:
        self._database = database
        self._receipt_key = receipt_key
        self._tally = tally
        self._reading = Reading(weigh, counting, shadow)
        self._entering = Entering(database, now_ms, tally, counting)

    def take(self, arrivals: Sequence[Arrival]) -> list[Reply]:
        """Enter what is good, refuse what is not, and receipt all that is stored; with no arrivals, the trail.

        Raises:
            StoreError: the database failed; nothing of the batch was stored, and it may be taken again.
        """
        enrolled = signers_in(self._database)
        found = [(arrival, self._reading.read(arrival, enrolled)) for arrival in arrivals]
        for arrival, one in found:
            if isinstance(one, Refusal):
                self._refuse(one, arrival.topic or "")
        read = [one for _, one in found if not isinstance(one, Refusal)]
        return [self._reply(*pair) for pair in zip(read, self._entering.enter(read), strict=True)]

    def _refuse(self, refusal: Refusal, topic: str) -> None:
        self._tally.refused(refusal.reason)
        log.warning("record refused", reason=refusal.reason, detail=refusal.detail, topic=topic[:200])

    def _reply(self, one: Taken, receipt: Receipt) -> Reply:
        topic = Topic(one.opened.said.agency, receipt.device, Kind.RECEIPT)
        return Reply(str(topic), sign_receipt(receipt, self._receipt_key))
