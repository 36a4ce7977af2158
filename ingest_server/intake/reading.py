"""Opening what a device sealed and weighing it: what of its way changes nothing in the store and may be shared out."""

from collections.abc import Callable

import structlog
from msgspec import Struct

from ingest_server.authenticity.counting import Counting
from ingest_server.errors import StoreError
from ingest_server.scoring.verdict import Verdict
from ingest_server.store.devices import EnrolledKey
from visit_record.errors import ForeignRecordError, RefusedError
from visit_record.note_sealing import Opened, OpenedNote, open_sealed
from visit_record.record import VisitRecord
from visit_record.sealing import OpenedRecord
from visit_record.topics import Kind, Topic, parse_topic

Weigh = Callable[[VisitRecord], Verdict]
# What rules that are tried out say beside a verdict; ``None`` where there are none.
Shadow = Callable[[VisitRecord, Verdict], Verdict | None]
# Raises ``StoreError`` where it could not look.
Enrolled = Callable[[str], EnrolledKey | None]
DEFECT = "defect"
log = structlog.get_logger()


class Arrival(Struct, frozen=True):
    """Sealed bytes, and the topic they came on; ``None`` out of a file, of which no broker says whose it is."""

    topic: str | None
    payload: bytes


class Read(Struct, frozen=True, tag="read"):
    """A record whose signature and sender hold, and what it weighs."""

    opened: OpenedRecord
    verdict: Verdict
    shadow: Verdict | None


class ReadNote(Struct, frozen=True, tag="note"):
    """A caregiver's note whose signature and sender hold; nothing of it is weighed."""

    opened: OpenedNote


class Refusal(Struct, frozen=True, tag="refusal"):
    """Why an arrival is not taken: the word it is counted under, and what an operator can do."""

    reason: str
    detail: str


Taken = Read | ReadNote


class Reading:
    """Opens records and weighs them. Nothing is trusted but a signature by an enrolled key."""

    def __init__(self, weigh: Weigh, counting: Counting, shadow: Shadow) -> None:
        self._weigh = weigh
        self._counting = counting
        self._shadow = shadow

    def read(self, arrival: Arrival, enrolled: Enrolled) -> Taken | Refusal:
        """One arrival.

        Raises:
            StoreError: ``enrolled`` could not look a key up: that is the database's trouble, not the record's.
        """
        try:
            opened = _opened(arrival, enrolled)
            if isinstance(opened, OpenedNote):
                return ReadNote(opened)
            verdict = self._weigh(opened.record)
            # Asked once here, where a defect stops nobody else's record; counted with its level when it is entered.
            self._counting(opened.record, verdict, None)
            return Read(opened, verdict, self._shadow(opened.record, verdict))
        except RefusedError as refusal:
            return Refusal(refusal.reason, str(refusal))
        except StoreError:
            raise
        except Exception as defect:
            # A defect of ours, brought out by one record: it must not stop everybody else's. The device gets no
            # receipt, so it keeps the record and sends it again to a server that is mended.
            log.exception("record not understood", reason=DEFECT)
            return Refusal(DEFECT, f"this program fails at it ({defect!r}); keep the record and tell us")


def _opened(arrival: Arrival, enrolled: Enrolled) -> Opened:
    topic = None if arrival.topic is None else parse_topic(arrival.topic)
    opened = open_sealed(arrival.payload, lambda kid: signer.key if (signer := enrolled(kid)) else None)
    # A device must not speak for another one, whatever a lax broker lets it publish.
    signer = enrolled(opened.kid)
    owned = Topic(signer.agency, signer.device, Kind.RECORD) if signer else None
    claimed = Topic(opened.said.agency, opened.said.iss, Kind.RECORD)
    if claimed != owned or (topic is not None and claimed != topic):
        came = "" if topic is None else f", came on {topic}"
        raise ForeignRecordError(f"signed by the device of {owned}, says {claimed}{came}")
    return opened
