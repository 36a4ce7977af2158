"""Ed25519 keys: made, stored, named by their RFC 7638 thumbprint."""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from visit_record.errors import KeyFileError


def public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """The key as a JWK (RFC 8037)."""
    return {"crv": "Ed25519", "kty": "OKP", "x": urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()}


def key_from_jwk(jwk: dict[str, str]) -> Ed25519PublicKey:
    """The key of an RFC 8037 JWK.

    Raises:
        KeyFileError: it is not an Ed25519 public key.
    """
    try:
        if (jwk["kty"], jwk["crv"]) != ("OKP", "Ed25519"):
            raise KeyFileError(f"the key is {jwk['kty']}/{jwk['crv']}; devices have OKP/Ed25519 keys")
        return Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(jwk["x"] + "=" * (-len(jwk["x"]) % 4)))
    except (KeyError, TypeError, ValueError) as cause:
        raise KeyFileError(f"not an Ed25519 public key in JWK form: {cause}") from cause


def thumbprint(key: Ed25519PublicKey) -> str:
    """RFC 7638 thumbprint, SHA-256, base64url: the ``kid`` of what the key signs."""
    # RFC 7638, 3: the required members alone, in lexicographic order, without white space.
    digest = hashlib.sha256(msgspec.json.encode(public_jwk(key))).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def store_new_key(path: Path) -> Ed25519PrivateKey:
    """Make a key and store it as PKCS #8 PEM that only its owner reads.

    Raises:
        KeyFileError: a file is there already, or the folder cannot be written.
    """
    if not path.name:
        raise KeyFileError(f"cannot store a key at {path}: it is a folder")
    key = Ed25519PrivateKey.generate()
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _write_private(unfinished, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        # A link is whole or not there at all, and never replaces: a key is an identity.
        os.link(unfinished, path)
    except OSError as cause:
        raise KeyFileError(f"cannot store a key at {path}: {cause.strerror}") from cause
    finally:
        unfinished.unlink(missing_ok=True)
    return key


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a key that :func:`store_new_key` stored.

    Raises:
        KeyFileError: missing, unreadable, or not an Ed25519 key.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as cause:
        raise KeyFileError(f"cannot read the key {path}: {cause.strerror}") from cause
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        raise KeyFileError(f"{path} is not a private key in PEM form") from cause
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path} is not an Ed25519 key")
    return key


def load_or_store_key(path: Path) -> Ed25519PrivateKey:
    """The key at ``path``, made on first use.

    Raises:
        KeyFileError: as :func:`load_key` and :func:`store_new_key`.
    """
    return load_key(path) if path.exists() else store_new_key(path)
