"""The manifest of a release: every file by its hash, sealed by whoever publishes. Pure: no I/O, no clock."""

from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, Struct

from edge_agent.perception.model_registry import RelativePath
from visit_record.errors import InvalidRecordError, OversizedError, UnknownKeyError, UnknownSchemaError
from visit_record.first_use import known
from visit_record.jws import MAX_BYTES, sign, strict_json, verify
from visit_record.keys import thumbprint
from visit_record.record import Count, Sha256Hex, UnixMs

RELEASE_TYPE = "carewitness-release+jwt"
SCHEMA = "carewitness-release/1"

Sequence = Annotated[int, Meta(ge=1, le=999_999_999)]
Version = Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}\Z")]
Machine = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,16}\Z")]
Python = Annotated[str, Meta(pattern=r"^3\.[0-9]{1,2}\Z")]


class ReleaseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One file, relative to the manifest's folder."""

    path: RelativePath
    sha256: Sha256Hex
    bytes: Count
    """How long it is: whoever serves it cannot fill the disk."""


class Release(Struct, frozen=True, forbid_unknown_fields=True):
    """What a device may run, whole: programs, what they need, and models."""

    schema: str
    sequence: Sequence
    """Counts up from release to release; a device never goes to a lower one than it has seen."""

    version: Version
    """For people, and, in the release's name, in every record that it seals."""

    issued_at_ms: UnixMs
    machine: Machine
    """The processor that its wheels are for, as ``platform.machine()`` has it."""

    python: Python
    """The Python that they are for."""

    files: Annotated[tuple[ReleaseFile, ...], Meta(min_length=1)]

    @property
    def name(self) -> str:
        """The name of its folder on a device."""
        return f"{self.sequence}-{self.version}"


def seal_release(release: Release, key: Ed25519PrivateKey) -> bytes:
    """Sign a manifest as compact JWS.

    Raises:
        RefusedError: no device would take it.
    """
    _read(msgspec.to_builtins(release))
    sealed = sign(msgspec.json.encode(release), RELEASE_TYPE, key)
    if len(sealed) > MAX_BYTES:
        raise OversizedError(f"the manifest has {len(sealed)} bytes; {MAX_BYTES} are allowed, leave files out")
    return sealed


def open_release(token: bytes, key: Ed25519PublicKey) -> Release:
    """Check and read a manifest of the one publisher that this device trusts.

    Raises:
        RefusedError: its subclass says why.
    """
    _, payload = verify(token, RELEASE_TYPE, lambda named: _require_publisher(named, key))
    content = strict_json(payload)
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema != SCHEMA:
        raise UnknownSchemaError(f"schema is {str(schema)[:64]!r}, this program reads {SCHEMA!r}")
    return _read(content)


def _require_publisher(named: str, key: Ed25519PublicKey) -> Ed25519PublicKey:
    ours = thumbprint(key)
    if named != ours:
        raise UnknownKeyError(f"sealed by the key {named[:64]!r}, and {ours!r} is trusted here")
    return key


def _read(content: object) -> Release:
    try:
        return _coherent(msgspec.convert(content, known(Release)))
    except (msgspec.ValidationError, OverflowError) as cause:
        raise InvalidRecordError(str(cause)) from cause


def _coherent(release: Release) -> Release:
    """No file twice, nor one where another's folder is: the second would take the first's place after its check."""
    paths = [file.path for file in release.files]
    folders = {"/".join(path.split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 1)}
    if len(set(paths)) != len(paths) or folders & set(paths):
        raise InvalidRecordError("the manifest names a file twice, or a file and a folder alike")
    odd = next((path for path in paths if set(path.split("/")) & {"", "."}), None)
    if odd is not None:
        raise InvalidRecordError(f"{odd[:64]!r} is written in two ways; name files plainly")
    return release
