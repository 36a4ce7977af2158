"""The server's signed word that it has a record: the only thing that empties an outbox."""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from visit_record.errors import InvalidRecordError
from visit_record.first_use import known
from visit_record.jws import sign, strict_json, verify
from visit_record.keys import thumbprint
from visit_record.record import Count, Identifier, Sha256Hex, UnixMs

RECEIPT_TYPE = "visit-receipt+jwt"


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """Record ``digest`` of a device is stored and is leaf ``log_index`` of the ledger."""

    device: Identifier
    seq: Count
    digest: Sha256Hex
    log_index: Count
    received_at_ms: UnixMs


def sign_receipt(receipt: Receipt, key: Ed25519PrivateKey) -> bytes:
    """Sign a receipt as compact JWS."""
    return sign(msgspec.json.encode(receipt), RECEIPT_TYPE, key)


def open_receipt(token: bytes, server_key: Ed25519PublicKey) -> Receipt:
    """Check and read a receipt of the one server that this device trusts.

    Raises:
        RefusedError: its subclass says why.
    """
    server_kid = thumbprint(server_key)
    _, payload = verify(token, RECEIPT_TYPE, lambda kid: server_key if kid == server_kid else None)
    try:
        return msgspec.convert(strict_json(payload), known(Receipt))
    except msgspec.ValidationError as cause:
        raise InvalidRecordError(str(cause)) from cause
