"""Writing a note about a past visit: sealed at once, in the device's chain, and sent as any record is."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from edge_agent.assembly import Device
from edge_agent.outbox import Outbox
from edge_agent.past_visit import PastVisit
from edge_agent.past_visits import PastVisits
from visit_record.note import NOTE_SCHEMA, AboutVisit, VisitNote
from visit_record.note_sealing import seal_note
from visit_record.record import ChainLink
from visit_record.visit_id import visit_id
from visit_record.vocabulary import ContestReason, IdentityMethod


class Written(Struct, frozen=True):
    """What a caregiver says is not right, and how they had shown who they are; ``text`` as notes keep it."""

    about: PastVisit
    shown_by: IdentityMethod
    reason: ContestReason
    text: str | None


@dataclass(frozen=True)
class NoteWriter:
    """Seals notes of one device. Any thread may call, also while a visit is lived."""

    device: Device
    key: Ed25519PrivateKey = field(repr=False)
    outbox: Outbox
    past: PastVisits
    entropy: Callable[[int], bytes] = os.urandom

    def write(self, written: Written, now_ms: int) -> int:
        """Seal a note, and remember it; its number in the chain.

        Raises:
            RefusedError: its text is one that no server would take; nothing was stored.
            OutboxError: it could not be stored.
        """
        note = self.outbox.append(
            lambda link: seal_note(self._note(written, now_ms, link), self.key),
            keep=self.past.keep_note,
            may_use_reserve=False,
        )
        return note.seq

    def _note(self, written: Written, now_ms: int, link: ChainLink) -> VisitNote:
        about, names = written.about, self.device.names
        return VisitNote(
            schema=NOTE_SCHEMA,
            iss=names.device,
            iat=now_ms // 1000,
            jti=visit_id(now_ms, self.entropy(10)),
            swversion=self.device.software,
            bootcount=self.device.boot_count,
            agency=names.agency,
            chain=link,
            about=AboutVisit(about.visit, about.seq, about.digest),
            caregiver=about.caregiver,
            shown_by=written.shown_by,
            reason=written.reason,
            text=written.text,
        )
