"""Files that only this device can read: sealed at rest, with a key that comes from the device's own.

HKDF-SHA-256 (RFC 5869) draws one AES-256 key for each purpose from the device's Ed25519 seed; the seed signs and is
never used to encrypt. AES-GCM with a fresh 96-bit nonce for each write; the purpose is authenticated with the content,
so that a file cannot stand in another one's place.

It protects a copy of the files without the key: a backup, a support bundle, a folder that was shared. Whoever takes the
whole card has the key too, and reads everything.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge_agent.errors import VaultError

MAGIC = b"carewitness-vault-1\n"
NONCE_BYTES = 12


@dataclass(frozen=True)
class Vault:
    """One sealed file. Templates lie in such files: neither content nor key is ever printed."""

    path: Path
    purpose: str
    key: Ed25519PrivateKey = field(repr=False)
    entropy: Callable[[int], bytes] = os.urandom

    def read(self) -> bytes | None:
        """The content; ``None`` where nothing was ever sealed.

        Raises:
            VaultError: another device sealed it, it was altered, or it cannot be read.
        """
        try:
            sealed = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as cause:
            raise VaultError(f"cannot read {self.path}: {cause.strerror}") from cause
        if not sealed.startswith(MAGIC):
            raise VaultError(f"{self.path} was not sealed by a device; restore it, or enrol its people anew")
        nonce, content = sealed[len(MAGIC) :][:NONCE_BYTES], sealed[len(MAGIC) + NONCE_BYTES :]
        try:
            return self._cipher().decrypt(nonce, content, self._named())
        except (InvalidTag, ValueError) as cause:
            raise VaultError(
                f"{self.path} was altered, or sealed by another device; restore it, or enrol its people anew"
            ) from cause

    def write(self, content: bytes) -> None:
        """Seal a new content; the old one or the new, never half of either, whenever the power goes.

        Raises:
            VaultError: it could not be written; the old content stands.
        """
        nonce = self.entropy(NONCE_BYTES)
        sealed = MAGIC + nonce + self._cipher().encrypt(nonce, content, self._named())
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as cause:
            raise VaultError(f"cannot write {self.path}: {cause.strerror}") from cause

    def forget(self) -> None:
        """Delete the file.

        Raises:
            VaultError: it cannot be deleted.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as cause:
            raise VaultError(f"cannot delete {self.path}: {cause.strerror}") from cause

    def _named(self) -> bytes:
        return MAGIC + self.purpose.encode()

    def _cipher(self) -> AESGCM:
        drawn = HKDF(SHA256(), 32, salt=None, info=self._named())
        return AESGCM(drawn.derive(self.key.private_bytes_raw()))
