"""Signed checkpoints: what the ledger was at one moment (C2SP ``tlog-checkpoint`` and ``signed-note``)."""

import hashlib
from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"


def key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    """The four bytes by which a signature line names its key (C2SP signed-note, "Signatures")."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def sign_checkpoint(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> str:
    """The signed note that commits this server to a tree."""
    body = f"{origin}\n{size}\n{b64encode(root).decode()}\n"
    signature = b64encode(key_hash(origin, key.public_key()) + key.sign(body.encode())).decode()
    return f"{body}\n— {origin} {signature}\n"
