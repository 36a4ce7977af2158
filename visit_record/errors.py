"""Why bytes were refused; each message says what an operator can do.

RefusedError
├── OversizedError           more bytes than a record may have
├── MalformedError           not a compact JWS of canonical base64url and JSON
│   ├── DuplicateKeyError    a JSON object names a key twice
│   └── NotFiniteError       NaN or an infinite number
├── WrongTypeError           ``typ`` names another kind of document
├── WrongAlgorithmError      ``alg`` is not EdDSA
├── CriticalHeaderError      ``crit`` asks for an extension we do not have
├── UnknownKeyError          ``kid`` is of no enrolled device
├── SignatureInvalidError    the signature is not of these bytes by this key
├── UnknownSchemaError       a version of the record that this program does not know
├── InvalidRecordError       signed, but a value is missing or outside its bounds
│   └── TimesRunBackwardsError
└── ForeignRecordError       signed by one device for another device or agency
KeyFileError                 a key file is missing, unreadable or of another kind
CatalogueError               the service items are unreadable or contradict themselves
BrokerAddressError           not the address of an MQTT broker
CodeError                    codes that were shown to a camera are not what they should be
├── ForeignCodeError         a code of something else
├── OtherVersionError        a code of another version of this program
├── DamagedCodeError         parts that do not make up what their checksum says
└── InvalidCodeError         whole, but a value is missing or outside its bounds
"""

from typing import ClassVar

from visit_record.bilingual import BilingualError


class RefusedError(Exception):
    """Bytes that are refused whole; ``reason`` is the stable word under which they are counted."""

    reason: ClassVar[str] = "refused"


class OversizedError(RefusedError):
    """More bytes than a record may have."""

    reason = "oversized"


class MalformedError(RefusedError):
    """Not a compact JWS of canonical base64url and JSON."""

    reason = "malformed"


class DuplicateKeyError(MalformedError):
    """A JSON object names a key twice, so that two readers could see two different records."""

    reason = "duplicate_key"


class NotFiniteError(MalformedError):
    """NaN or an infinite number, which compares as nothing and would pass every bound."""

    reason = "not_finite"


class WrongTypeError(RefusedError):
    """``typ`` names another kind of document."""

    reason = "wrong_type"


class WrongAlgorithmError(RefusedError):
    """``alg`` is not EdDSA."""

    reason = "wrong_algorithm"


class CriticalHeaderError(RefusedError):
    """``crit`` asks for an extension that this program does not have (RFC 7515, 4.1.11)."""

    reason = "critical_header"


class UnknownKeyError(RefusedError):
    """``kid`` is of no enrolled device."""

    reason = "unknown_key"


class SignatureInvalidError(RefusedError):
    """The signature is not of these bytes by this key."""

    reason = "signature_invalid"


class UnknownSchemaError(RefusedError):
    """A version of the record that this program does not know."""

    reason = "unknown_schema"


class InvalidRecordError(RefusedError):
    """Signed, but a value is missing, of another kind, or outside its bounds."""

    reason = "invalid_record"


class TimesRunBackwardsError(InvalidRecordError):
    """A thing ends before it begins, or happens outside its visit."""

    reason = "times_run_backwards"


class ForeignRecordError(RefusedError):
    """Signed by one device, but for another device or agency."""

    reason = "foreign_record"


class KeyFileError(Exception):
    """A key file is missing, unreadable or of another kind."""


class CatalogueError(Exception):
    """The service items are unreadable or contradict themselves."""


class BrokerAddressError(Exception):
    """Not the address of an MQTT broker."""


class CodeError(BilingualError):
    """Codes that were shown to a camera are not what they should be."""


class ForeignCodeError(CodeError):
    """A code of something else."""


class OtherVersionError(CodeError):
    """A code of another version of this program."""


class DamagedCodeError(CodeError):
    """Parts that do not make up what their checksum says."""


class InvalidCodeError(CodeError):
    """Whole, but a value is missing, of another kind, or outside its bounds."""
