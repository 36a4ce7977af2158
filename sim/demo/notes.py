"""Some caregivers say of a past visit that what the device said of it is not right. Seeded by the visit's id."""

from collections.abc import Callable
from random import Random
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from visit_record.note import NOTE_SCHEMA, AboutVisit, VisitNote
from visit_record.note_sealing import seal_note
from visit_record.record import ChainLink
from visit_record.sealing import OpenedRecord
from visit_record.visit_id import visit_id
from visit_record.vocabulary import ContestReason, IdentityMethod

# One visit in so many; staged, not known.
ONE_IN: Final = 40
_LATER_MS: Final = 3 * 86_400_000
_SAID: Final = (
    (ContestReason.NOT_SEEN, "翻身拍背时我背对着设备，应该没拍到。"),
    (ContestReason.NOT_SEEN, None),
    (ContestReason.TIME, "我是九点五分到的，家属开门晚。"),
    (ContestReason.ITEMS, "口腔清洁也做了，忘了按。"),
    (ContestReason.PERSON, "那天戴着口罩。"),
    (ContestReason.DEVICE, "设备黑屏，我重新插了电。"),
    (ContestReason.OTHER, "家属一直开着电视，声音很大。"),
)


def contest_of(opened: OpenedRecord, key: Ed25519PrivateKey) -> Callable[[ChainLink], bytes] | None:
    """What seals the note of this visit at its place in the chain; ``None`` of the many that nobody contests."""
    record = opened.record
    rng = Random(record.jti)
    if rng.randrange(ONE_IN):
        return None
    reason, text = rng.choice(_SAID)
    written_ms = record.span.check_out_ms + rng.randrange(_LATER_MS)
    note_id = visit_id(written_ms, rng.randbytes(10))
    return lambda link: seal_note(
        VisitNote(
            schema=NOTE_SCHEMA,
            iss=record.iss,
            iat=written_ms // 1000,
            jti=note_id,
            swversion=record.swversion,
            bootcount=record.bootcount,
            agency=record.agency,
            chain=link,
            about=AboutVisit(record.jti, record.chain.seq, opened.digest),
            caregiver=record.who.caregiver,
            shown_by=IdentityMethod.PIN,
            reason=reason,
            text=text,
        ),
        key,
    )
