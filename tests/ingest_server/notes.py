"""Notes as a device seals them, for tests of the server."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from tests.visit_record.examples import KEY
from tests.visit_record.test_notes import a_note
from visit_record.chain import next_link
from visit_record.note import AboutVisit, VisitNote
from visit_record.note_sealing import Opened, open_sealed, seal_note


def read(sealed: bytes, key: Ed25519PrivateKey = KEY) -> Opened:
    """What a device sealed."""
    return open_sealed(sealed, lambda _kid: key.public_key())


def note_about(visit: bytes, last: bytes, key: Ed25519PrivateKey = KEY, **changes: object) -> bytes:
    """A note of a sealed visit, by its caregiver, in the link after the ``last`` one."""
    about, before = read(visit, key), read(last, key)
    caregiver = about.said.caregiver if isinstance(about.said, VisitNote) else about.said.who.caregiver
    note = replace(
        a_note(),
        iss=about.said.iss,
        agency=about.said.agency,
        chain=next_link(before.said.chain.seq, before.digest),
        about=AboutVisit(about.said.jti, about.said.chain.seq, about.digest),
        caregiver=caregiver,
    )
    return seal_note(replace(note, **changes), key)
