"""A manifest that is forged, halved, or says two things at once is refused whole, by the word of what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.updating.manifest import RELEASE_TYPE, SCHEMA, Release, ReleaseFile, open_release, seal_release
from tests.updating.editions import KEY
from visit_record.errors import InvalidRecordError, RefusedError
from visit_record.jws import sign
from visit_record.receipts import RECEIPT_TYPE

OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
FILE = ReleaseFile("models/a.onnx", "0" * 64, 5)
RELEASE = Release(SCHEMA, 7, "0.2.0", 1_790_000_000_000, "aarch64", "3.13", (FILE,))


@dataclass(frozen=True)
class Forgery:
    reason: str
    make: Callable[[], bytes]


def signed(content: object) -> bytes:
    return sign(msgspec.json.encode(content), RELEASE_TYPE, KEY)


def changed(**fields: object) -> bytes:
    return signed(msgspec.to_builtins(RELEASE) | fields)


def at(path: str) -> dict[str, object]:
    return {"path": path, "sha256": "0" * 64, "bytes": 5}


FORGERIES = {
    "another's key": Forgery("unknown_key", lambda: seal_release(RELEASE, OTHER)),
    "half of it": Forgery("malformed", lambda: seal_release(RELEASE, KEY)[: len(seal_release(RELEASE, KEY)) // 2]),
    "nothing": Forgery("malformed", lambda: b""),
    "a page instead": Forgery("malformed", lambda: b"<html>log in first</html>"),
    "last letters cut": Forgery("malformed", lambda: seal_release(RELEASE, KEY)[:-4]),
    "a receipt": Forgery("wrong_type", lambda: sign(msgspec.json.encode(RELEASE), RECEIPT_TYPE, KEY)),
    "too long": Forgery("oversized", lambda: b"x" * 70_000),
    "another schema": Forgery("unknown_schema", lambda: changed(schema="carewitness-release/2")),
    "no file": Forgery("invalid_record", lambda: changed(files=[])),
    "a field more": Forgery("invalid_record", lambda: changed(then="run this")),
    "sequence 0": Forgery("invalid_record", lambda: changed(sequence=0)),
    "no version": Forgery("invalid_record", lambda: changed(version="")),
    "a version with a second line": Forgery("invalid_record", lambda: changed(version="0.2.0\n")),
    "a processor with a second line": Forgery("invalid_record", lambda: changed(machine="aarch64\n")),
    "a Python with a second line": Forgery("invalid_record", lambda: changed(python="3.13\n")),
    "a version with a way out": Forgery("invalid_record", lambda: changed(version="../1")),
    "a file outside": Forgery("invalid_record", lambda: changed(files=[at("../../etc/passwd")])),
    "an absolute file": Forgery("invalid_record", lambda: changed(files=[at("/etc/passwd")])),
    "a file with a second line": Forgery("invalid_record", lambda: changed(files=[at("models/a.onnx\n")])),
    "a file outside in a second line": Forgery("invalid_record", lambda: changed(files=[at("a\n/../../b")])),
    "a file twice": Forgery("invalid_record", lambda: changed(files=[at("a"), at("a")])),
    "a file in a file": Forgery("invalid_record", lambda: changed(files=[at("a"), at("a/b")])),
    "a file in other letters": Forgery("invalid_record", lambda: changed(files=[at("a"), at("./a")])),
    "no hash": Forgery("invalid_record", lambda: changed(files=[{"path": "a", "sha256": "", "bytes": 5}])),
}


@pytest.mark.parametrize("case", FORGERIES)
def test_a_manifest_that_is_not_sound_is_refused(case: str) -> None:
    forgery = FORGERIES[case]
    with pytest.raises(RefusedError) as refused:
        open_release(forgery.make(), KEY.public_key())
    assert refused.value.reason == forgery.reason


def test_what_was_sealed_is_read_back() -> None:
    opened = open_release(seal_release(RELEASE, KEY), KEY.public_key())
    assert opened == RELEASE
    assert opened.name == "7-0.2.0"


def test_any_altered_letter_is_refused() -> None:
    sealed = seal_release(RELEASE, KEY)
    for place in range(0, len(sealed), 7):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(RefusedError):
            open_release(altered, KEY.public_key())


def test_a_manifest_that_no_device_would_take_is_not_sealed() -> None:
    twice = msgspec.structs.replace(RELEASE, files=(FILE, FILE))
    with pytest.raises(InvalidRecordError, match="twice"):
        seal_release(twice, KEY)
    for path in ("../a", "a\n"):
        unusable = msgspec.structs.replace(RELEASE, files=(ReleaseFile(path, "0" * 64, 5),))
        with pytest.raises(InvalidRecordError, match="path"):
            seal_release(unusable, KEY)
