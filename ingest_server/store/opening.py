"""Opening stored records: with their signature checked again, so that altered bytes are never taken for evidence."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ingest_server.errors import AlteredRecordError
from visit_record.errors import RefusedError
from visit_record.sealing import OpenedRecord, open_record


def opened_again(sealed: bytes, digest: str, keys: Mapping[str, Ed25519PublicKey]) -> OpenedRecord:
    """A stored record, by the keys of its device.

    Raises:
        AlteredRecordError: it is no longer what was received.
    """
    try:
        opened = open_record(sealed, keys.get)
    except RefusedError as cause:
        raise AlteredRecordError(f"stored record {digest} no longer opens ({cause}); restore a backup") from cause
    if opened.digest != digest:
        raise AlteredRecordError(f"stored record {digest} has other bytes now; restore it from a backup")
    return opened
