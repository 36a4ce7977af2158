"""The data folder: made on first use, and the server's key in it."""

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ingest_server.errors import StoreError
from visit_record.errors import KeyFileError
from visit_record.keys import load_or_store_key

SERVER_KEY: Final = "server.key"


def make_data_dir(folder: Path) -> None:
    """Make the folder, unless it is there.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise StoreError(f"cannot make the data folder {folder}: {cause.strerror}; name another") from cause


def server_key(folder: Path) -> Ed25519PrivateKey:
    """The Ed25519 key that signs receipts and checkpoints, made with its folder on first use.

    Raises:
        StoreError: the folder cannot be made.
        KeyFileError: the key is unreadable.
    """
    make_data_dir(folder)
    try:
        return load_or_store_key(folder / SERVER_KEY)
    except KeyFileError as cause:
        raise KeyFileError(f"{cause}; see whom it belongs to, or restore it from its backup") from cause
