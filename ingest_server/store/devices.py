"""Enrolled devices and their keys.

A device is active, or revoked: its key then signs nothing any more, and what it sends is refused as by a stranger. It
keeps those records, for it gets no receipt; made active again, it is heard again.
"""

from collections.abc import Collection, Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from ingest_server.errors import ConflictingChangeError, EnrolmentError
from ingest_server.store.schema import devices
from ingest_server.vocabulary import DeviceState
from visit_record.code_parts import fingerprint
from visit_record.keys import key_from_jwk, thumbprint
from visit_record.record import Identifier, ShortText

# SQLite allows 32,766 variables in one statement.
_CHUNK = 5_000


class Enrolment(Struct, frozen=True, forbid_unknown_fields=True):
    """What a device shows to be enrolled, as ``edge-agent enrol`` prints it."""

    device: Identifier
    agency: Identifier
    jwk: dict[str, str]
    ueid: ShortText

    @property
    def fingerprint(self) -> str:
        """Its key in the digits that an installer reads out.

        Raises:
            KeyFileError: it is no Ed25519 key.
        """
        return _fingerprint(self.jwk)


class EnrolledDevice(Struct, frozen=True):
    """A device as an administrator sees it."""

    device: str
    agency: str
    kid: str
    jwk: dict[str, str]
    ueid: str
    state: DeviceState
    enrolled_at_ms: int

    @property
    def fingerprint(self) -> str:
        """Its key in the digits that an installer reads out."""
        return _fingerprint(self.jwk)


class EnrolledKey(Struct, frozen=True):
    """A key that may sign, and for whom."""

    device: str
    agency: str
    key: Ed25519PublicKey


def enrol(connection: Connection, enrolments: Iterable[Enrolment], now_ms: int) -> int:
    """Enter devices, active at once; how many.

    Raises:
        EnrolmentError: the device or key is there already.
        KeyFileError: a key is no Ed25519 key.
    """
    rows = [_row(enrolment, now_ms) for enrolment in enrolments]
    try:
        if rows:
            connection.execute(insert(devices), rows)
    except IntegrityError as cause:
        raise EnrolmentError("a device or key of these is enrolled already; none of them was entered") from cause
    return len(rows)


def keys_by_kid(connection: Connection, kids: Collection[str]) -> dict[str, EnrolledKey]:
    """Those of the given thumbprints whose keys may sign, with their keys."""
    found: dict[str, EnrolledKey] = {}
    wanted = sorted(kids)
    for start in range(0, len(wanted), _CHUNK):
        query = select(devices).where(
            devices.c.kid.in_(wanted[start : start + _CHUNK]), devices.c.state == DeviceState.ACTIVE
        )
        for row in connection.execute(query).mappings():
            found[row["kid"]] = EnrolledKey(row["device"], row["agency"], key_from_jwk(row["jwk"]))
    return found


def keys_of(connection: Connection, device: str) -> dict[str, Ed25519PublicKey]:
    """The key of a device by its thumbprint, active or not: records stay readable. Empty for an unknown device."""
    return keys_of_each(connection, {device})[device]


def keys_of_each(connection: Connection, names: Collection[str]) -> dict[str, dict[str, Ed25519PublicKey]]:
    """The same of some thousand devices at most, each by its name."""
    found: dict[str, dict[str, Ed25519PublicKey]] = {name: {} for name in names}
    query = select(devices.c.device, devices.c.kid, devices.c.jwk).where(devices.c.device.in_(sorted(names)))
    for row in connection.execute(query):
        found[row.device][row.kid] = key_from_jwk(row.jwk)
    return found


def enrolled_devices(connection: Connection) -> list[EnrolledDevice]:
    """Every device, in the order of agencies and names."""
    query = select(devices).order_by(devices.c.agency, devices.c.device)
    return [enrolled(row) for row in connection.execute(query)]


def set_state(connection: Connection, device: str, state: DeviceState) -> None:
    """Take no more records of a device, or take them again.

    Raises:
        EnrolmentError: there is no such device.
        ConflictingChangeError: it is so already.
    """
    where = (devices.c.device == device, devices.c.state != state)
    if connection.execute(update(devices).where(*where).values(state=state)).rowcount:
        return
    if connection.execute(select(devices.c.device).where(devices.c.device == device)).first() is None:
        raise EnrolmentError(f"there is no device {device}; `ingest-server devices list` shows all")
    raise ConflictingChangeError(f"device {device} is {state} already", f"设备 {device} 已是此状态")


def enrolled(row: Row[Any]) -> EnrolledDevice:
    """A row of ``devices``."""
    return EnrolledDevice(
        row.device, row.agency, row.kid, row.jwk, row.ueid, DeviceState(row.state), row.enrolled_at_ms
    )


def _fingerprint(jwk: dict[str, str]) -> str:
    return fingerprint(key_from_jwk(jwk).public_bytes_raw())


def _row(enrolment: Enrolment, now_ms: int) -> dict[str, object]:
    return {
        "device": enrolment.device,
        "agency": enrolment.agency,
        "kid": thumbprint(key_from_jwk(enrolment.jwk)),
        "jwk": enrolment.jwk,
        "ueid": enrolment.ueid,
        "state": DeviceState.ACTIVE,
        "enrolled_at_ms": now_ms,
    }
