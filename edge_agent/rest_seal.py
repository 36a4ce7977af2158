"""Bytes that only this device can read again: sealed at rest, with a key that comes from the device's own.

HKDF-SHA-256 (RFC 5869) draws one AES-256 key for each purpose from the device's Ed25519 seed; the seed signs and is
never used to encrypt. AES-GCM with a fresh 96-bit nonce for each write; the purpose, and the place within it, are
authenticated with the content, so that one content cannot stand in another one's place.

It protects a copy without the key: a backup, a support bundle, a folder that was shared. Whoever takes the whole card
has the key too, and reads everything.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge_agent.errors import VaultError
from visit_record.bilingual import Words

MAGIC = b"carewitness-vault-1\n"
NONCE_BYTES = 12


@dataclass(frozen=True)
class RestSeal:
    """The seal of one purpose. Neither content nor key is ever printed."""

    purpose: str
    key: Ed25519PrivateKey = field(repr=False)
    entropy: Callable[[int], bytes] = os.urandom

    def seal(self, content: bytes, place: str = "") -> bytes:
        """Nonce and ciphertext; ``place`` is where among its like the content is to stand."""
        nonce = self.entropy(NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, content, self._named(place))

    def open(self, sealed: bytes, place: str = "") -> bytes:
        """The content.

        Raises:
            VaultError: another device sealed it, it was altered, or it stood in another place.
        """
        try:
            return self._cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._named(place))
        except (InvalidTag, ValueError) as cause:
            raise VaultError(
                f"what is kept as {self.purpose} was altered, or sealed by another device",
                f"密封保存的 {self.purpose} 被改动过，或由另一台设备密封",
                Words("从备份恢复", "restore it from its backup"),
            ) from cause

    def _named(self, place: str) -> bytes:
        return MAGIC + self.purpose.encode() + (f"\n{place}".encode() if place else b"")

    def _cipher(self) -> AESGCM:
        drawn = HKDF(SHA256(), 32, salt=None, info=self._named(""))
        return AESGCM(drawn.derive(self.key.private_bytes_raw()))
