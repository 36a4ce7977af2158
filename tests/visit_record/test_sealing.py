import json
from pathlib import Path

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.visit_record.examples import CHECK_IN_MS, KEY, STRANGER, honest_visit, minutes
from visit_record import errors
from visit_record.jws import MAX_BYTES, sign
from visit_record.keys import thumbprint
from visit_record.record import NotObserved, OccupancyEvidence, ServiceClaim, Services, Span, VoiceCheck, VoiceEvidence
from visit_record.sealing import RECORD_TYPE, open_record, seal
from visit_record.vocabulary import Ending, NotObservedReason

GOLDEN = Path(__file__).parent / "golden" / "honest_visit.jws"
PAYLOAD = msgspec.json.encode(honest_visit())


def known(kid: str) -> Ed25519PublicKey | None:
    return KEY.public_key() if kid == thumbprint(KEY.public_key()) else None


def sealed_payload(payload: bytes, typ: str = RECORD_TYPE) -> bytes:
    return sign(payload, typ, KEY)


def with_header(**header: object) -> bytes:
    """A record under a header of the attacker's choice, signed over it all the same."""
    return jwt.api_jws.encode(
        PAYLOAD, KEY, algorithm="EdDSA", headers={"typ": RECORD_TYPE, "kid": thumbprint(KEY.public_key())} | header
    ).encode()


def unsigned() -> bytes:
    head, body, _ = with_header().split(b".")
    return (
        head.replace(head, jwt.utils.base64url_encode(b'{"alg":"none","typ":"visit-record+jwt","kid":"x"}'))
        + b"."
        + body
        + b"."
    )


def flipped(position: int) -> bytes:
    sealed = bytearray(seal(honest_visit(), KEY))
    sealed[position] = ord("A") if sealed[position] != ord("A") else ord("B")
    return bytes(sealed)


REFUSED: dict[str, tuple[bytes, type[errors.RefusedError]]] = {
    "nothing": (b"", errors.MalformedError),
    "noise": (b"\x00\xff\xfe garbage", errors.MalformedError),
    "four parts": (seal(honest_visit(), KEY) + b".x", errors.MalformedError),
    "header is no JSON": (b"bm90anNvbg.e30.AA", errors.MalformedError),
    "header is a list": (b"W10.e30.AA", errors.MalformedError),
    "padded base64url": (seal(honest_visit(), KEY) + b"==", errors.MalformedError),
    "line break inside": (
        seal(honest_visit(), KEY)[:50] + b"\n" + seal(honest_visit(), KEY)[50:],
        errors.MalformedError,
    ),
    "spare bits set": (seal(honest_visit(), KEY)[:-1] + b"B", errors.MalformedError),
    "oversized": (b"a" * (MAX_BYTES + 1), errors.OversizedError),
    "receipt for a record": (sealed_payload(PAYLOAD, "visit-receipt+jwt"), errors.WrongTypeError),
    "critical extension": (with_header(crit=["exp"]), errors.CriticalHeaderError),
    "algorithm none": (unsigned(), errors.WrongAlgorithmError),
    "HMAC with the public key": (
        jwt.encode(
            {}, KEY.public_key().public_bytes_raw(), algorithm="HS256", headers={"typ": RECORD_TYPE, "kid": "x"}
        ).encode(),
        errors.WrongAlgorithmError,
    ),
    "stranger's key": (seal(honest_visit(), STRANGER), errors.UnknownKeyError),
    "stranger under our kid": (
        sign(PAYLOAD, RECORD_TYPE, STRANGER).replace(
            sign(b"", RECORD_TYPE, STRANGER).split(b".")[0], sign(b"", RECORD_TYPE, KEY).split(b".")[0]
        ),
        errors.SignatureInvalidError,
    ),
    "altered payload": (flipped(400), errors.SignatureInvalidError),
    "duplicate key": (sealed_payload(PAYLOAD.replace(b'"iss":', b'"iss":"device-2","iss":')), errors.DuplicateKeyError),
    "NaN": (sealed_payload(PAYLOAD.replace(b"0.83", b"NaN")), errors.NotFiniteError),
    "infinity by overflow": (sealed_payload(PAYLOAD.replace(b"12.5", b"1e999")), errors.NotFiniteError),
    "payload is no object": (sealed_payload(b"[]"), errors.UnknownSchemaError),
    "schema of tomorrow": (sealed_payload(PAYLOAD.replace(b"visit/1", b"visit/2")), errors.UnknownSchemaError),
    "unknown field": (sealed_payload(PAYLOAD.replace(b'"iss"', b'"sms":1,"iss"')), errors.InvalidRecordError),
    "missing field": (sealed_payload(PAYLOAD.replace(b'"bootcount":3,', b"")), errors.InvalidRecordError),
    "similarity above one": (sealed_payload(PAYLOAD.replace(b"0.83", b"1.83")), errors.InvalidRecordError),
    "identifier that climbs topics": (
        sealed_payload(PAYLOAD.replace(b"agency-a", b"agency/a")),
        errors.InvalidRecordError,
    ),
    "identifier with a line break": (
        sealed_payload(PAYLOAD.replace(b"agency-a", b"agency-a\\n")),
        errors.InvalidRecordError,
    ),
    "deep nesting": (sealed_payload(b"[" * 30_000), errors.MalformedError),
    "unknown header key that is no character": (
        b"eyJhbGciOiJFZERTQSIsInR5cCI6InZpc2l0LXJlY29yZCtqd3QiLCJraWQiOiJ4IiwiXHVkODAwIjoxfQ.e30.AA",
        errors.MalformedError,
    ),
    "text that is no character": (
        sealed_payload(PAYLOAD.replace(b'"swversion":"0.1.0"', b'"swversion":"\\ud800"')),
        errors.MalformedError,
    ),
    "field name that is no character": (
        sealed_payload(PAYLOAD.replace(b'"iss"', b'"\\udfff":1,"iss"')),
        errors.MalformedError,
    ),
    "UTF-16": (sealed_payload(PAYLOAD.decode().encode("utf-16")), errors.MalformedError),
    "byte order mark": (sealed_payload(b"\xef\xbb\xbf" + PAYLOAD), errors.MalformedError),
    "surrogate in bytes": (sealed_payload(PAYLOAD.replace(b"0.1.0", b"\xed\xa0\x80")), errors.MalformedError),
    "whole number beyond a double": (
        sealed_payload(PAYLOAD.replace(b"12.5", b"1" + b"0" * 400)),
        errors.InvalidRecordError,
    ),
    "not UTF-8": (sealed_payload(b'{"schema":"\xff"}'), errors.MalformedError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bytes_that_are_not_an_honest_record_are_refused_with_their_own_error(case: str) -> None:
    content, expected = REFUSED[case]
    with pytest.raises(errors.RefusedError) as refusal:
        open_record(content, known)
    assert type(refusal.value) is expected
    assert str(refusal.value)


def test_every_error_has_a_reason_of_its_own() -> None:
    classes = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.RefusedError)
    ]
    assert len({cls.reason for cls in classes}) == len(classes)


def test_golden_bytes_do_not_change() -> None:
    assert seal(honest_visit(), KEY) == GOLDEN.read_bytes()


def test_golden_bytes_open_to_the_same_record() -> None:
    opened = open_record(GOLDEN.read_bytes(), known)
    assert opened.record == honest_visit()
    assert opened.kid == thumbprint(KEY.public_key())


def test_record_that_another_encoder_wrote_opens_to_the_same() -> None:
    spaced = json.dumps(json.loads(PAYLOAD), indent=1).encode()
    assert open_record(sealed_payload(spaced), known).record == open_record(sealed_payload(PAYLOAD), known).record


def test_pyjwt_opens_what_is_sealed_here() -> None:
    claims = jwt.decode(
        seal(honest_visit(), KEY), KEY.public_key(), algorithms=["EdDSA"], options={"verify_iat": False}
    )
    assert claims == json.loads(PAYLOAD)


@pytest.mark.parametrize(
    "changes",
    [
        {"span": Span(minutes(60), minutes(0), 3600.0, Ending.CHECKED_OUT)},
        {"iat": CHECK_IN_MS // 1000},
        {"services": Services((ServiceClaim("feeding", minutes(-30), 60.0),), ())},
        {"services": Services((ServiceClaim("feeding", minutes(3), 7200.0),), ())},
        {
            "services": Services(
                (ServiceClaim("feeding", minutes(9), 1.0), ServiceClaim("feeding", minutes(3), 1.0)), ()
            )
        },
    ],
    ids=["check-out first", "sealed before the end", "before the visit", "beyond the visit", "out of order"],
)
def test_times_that_run_backwards_are_refused_on_both_sides(changes: dict[str, object]) -> None:
    record = honest_visit(**changes)
    with pytest.raises(errors.TimesRunBackwardsError):
        seal(record, KEY)
    with pytest.raises(errors.TimesRunBackwardsError):
        open_record(sealed_payload(msgspec.json.encode(record)), known)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_measurement_that_is_not_a_number_is_refused_before_it_is_sealed(value: float) -> None:
    with pytest.raises(errors.NotFiniteError):
        seal(honest_visit(occupancy=OccupancyEvidence((), None, value)), KEY)


def test_what_was_not_observed_stays_not_observed() -> None:
    record = honest_visit(voice=NotObserved(NotObservedReason.CONSENT_WITHHELD))
    assert open_record(seal(record, KEY), known).record.voice == NotObserved(NotObservedReason.CONSENT_WITHHELD)


@given(st.integers(0, len(GOLDEN.read_bytes()) - 1), st.integers(1, 255))
def test_no_single_altered_byte_is_accepted(position: int, change: int) -> None:
    altered = bytearray(GOLDEN.read_bytes())
    altered[position] ^= change
    with pytest.raises(errors.RefusedError):
        open_record(bytes(altered), known)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise_anything_but_a_refusal(content: bytes) -> None:
    with pytest.raises(errors.RefusedError):
        open_record(content, known)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda leaf: st.dictionaries(st.text(), leaf)))
def test_arbitrary_signed_json_never_raises_anything_but_a_refusal(content: object) -> None:
    with pytest.raises(errors.RefusedError):
        open_record(sealed_payload(json.dumps(content).encode()), known)


@given(
    st.lists(st.floats(-1, 1), max_size=5),
    st.integers(0, 2**31 - 1),
)
def test_what_is_sealed_opens_to_the_same(similarities: list[float], speakers: int) -> None:
    checks = tuple(VoiceCheck(CHECK_IN_MS, value, 6.0) for value in similarities)
    record = honest_visit(voice=VoiceEvidence(checks, speakers))
    assert open_record(seal(record, KEY), known).record == record


# Lone surrogates too, which JSON can escape and UTF-8 cannot hold.
ANY_CHARACTER = st.characters(exclude_categories=())
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(ANY_CHARACTER),
    lambda leaf: st.lists(leaf, max_size=3) | st.dictionaries(st.text(ANY_CHARACTER, max_size=8), leaf, max_size=3),
    max_leaves=6,
)


@given(st.data(), JSON_VALUES)
def test_signed_record_with_anything_in_any_place_is_refused_or_can_be_written_again(
    data: st.DataObject, value: object
) -> None:
    content = json.loads(PAYLOAD)
    place = content
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = value
    try:
        record = open_record(sealed_payload(json.dumps(content).encode()), known).record
    except errors.RefusedError:
        return
    msgspec.json.encode(record)
