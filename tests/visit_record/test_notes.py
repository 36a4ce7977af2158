"""A note is sealed, chained and refused as a record is; records themselves keep every byte."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.visit_record.examples import CHECK_IN_MS, KEY, STRANGER, honest_visit
from tests.visit_record.test_sealing import known
from visit_record import errors
from visit_record.chain import LinkState, judge_link, next_link
from visit_record.jws import MAX_BYTES, sign
from visit_record.note import MOST_TEXT, NOTE_SCHEMA, AboutVisit, VisitNote, kept_text
from visit_record.note_sealing import NOTE_TYPE, OpenedNote, open_note, open_sealed, seal_note
from visit_record.record import ChainLink
from visit_record.sealing import RECORD_TYPE, OpenedRecord, digest_of, open_record, seal
from visit_record.vocabulary import ContestReason, IdentityMethod

GOLDEN = Path(__file__).parent / "golden" / "note.jws"
RECORD = seal(honest_visit(), KEY)


def a_note(**changes: object) -> VisitNote:
    """About the honest visit, in the link after it."""
    visit = honest_visit()
    note = VisitNote(
        schema=NOTE_SCHEMA,
        iss=visit.iss,
        iat=CHECK_IN_MS // 1000 + 90_000,
        jti="01989680-0000-7000-8000-000000000001",
        swversion="0.1.0",
        bootcount=4,
        agency=visit.agency,
        chain=next_link(visit.chain.seq, digest_of(RECORD)),
        about=AboutVisit(visit.jti, visit.chain.seq, digest_of(RECORD)),
        caregiver=visit.who.caregiver,
        shown_by=IdentityMethod.PIN,
        reason=ContestReason.TIME,
        text="我十点半才走。\nI left at half past ten.",
    )
    return msgspec.structs.replace(note, **changes)


def signed(note: VisitNote) -> bytes:
    """As a device would that checks nothing."""
    return sign(msgspec.json.encode(note), NOTE_TYPE, KEY)


def test_what_is_sealed_opens_to_the_same_and_by_its_kind() -> None:
    sealed = seal_note(a_note(), KEY)
    opened = open_sealed(sealed, known)
    assert isinstance(opened, OpenedNote)
    assert (opened.note, opened.digest) == (a_note(), digest_of(sealed))
    record = open_sealed(RECORD, known)
    assert isinstance(record, OpenedRecord)
    assert (record.said, opened.said) == (honest_visit(), a_note())


def test_golden_bytes_do_not_change() -> None:
    assert seal_note(a_note(), KEY) == GOLDEN.read_bytes()


def test_neither_passes_for_the_other() -> None:
    with pytest.raises(errors.WrongTypeError):
        open_record(seal_note(a_note(), KEY), known)
    with pytest.raises(errors.WrongTypeError):
        open_note(RECORD, known)
    with pytest.raises(errors.UnknownSchemaError):
        open_sealed(sign(msgspec.json.encode(a_note()), RECORD_TYPE, KEY), known)
    with pytest.raises(errors.UnknownSchemaError):
        open_sealed(sign(msgspec.json.encode(honest_visit()), NOTE_TYPE, KEY), known)


def test_a_note_is_a_link_of_the_chain_between_two_visits() -> None:
    note = seal_note(a_note(), KEY)
    after = next_link(a_note().chain.seq, digest_of(note))
    assert judge_link(a_note().chain, [digest_of(RECORD)], [], [], digest_of(note)) is LinkState.LINKED
    assert judge_link(after, [digest_of(note)], [], [], "ab" * 32) is LinkState.LINKED
    assert judge_link(after, [digest_of(RECORD)], [], [], "ab" * 32) is LinkState.FORK


REFUSED: dict[str, VisitNote] = {
    "says nothing": a_note(reason=ContestReason.OTHER, text=None),
    "empty text": a_note(text=""),
    "blank edges": a_note(text=" late"),
    "not NFC": a_note(text="e\u0301"),
    "control character": a_note(text="a\x1b[31m"),
    "carriage return": a_note(text="a\r\nb"),
    "turns the direction": a_note(text="abc\u202edef"),
    "too long": a_note(text="长" * (MOST_TEXT + 1)),
    "about itself": a_note(about=AboutVisit(honest_visit().jti, a_note().chain.seq, "ab" * 32)),
    "about the future": a_note(about=AboutVisit(honest_visit().jti, a_note().chain.seq + 1, "ab" * 32)),
    "caregiver that climbs topics": a_note(caregiver="../x"),
    "reason of tomorrow": a_note(reason="weather"),
    "schema of tomorrow": a_note(schema="carewitness.note/2"),
    "digest that is none": a_note(about=AboutVisit(honest_visit().jti, 1, "zz")),
    "place before the first": a_note(chain=ChainLink(0, None)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_note_that_is_not_honest_is_refused_on_both_sides(case: str) -> None:
    with pytest.raises(errors.RefusedError):
        seal_note(REFUSED[case], KEY)
    with pytest.raises((errors.InvalidRecordError, errors.UnknownSchemaError)):
        open_sealed(signed(REFUSED[case]), known)


@pytest.mark.parametrize("field", ["picture", "sound", "schema2"])
def test_nothing_rides_along(field: str) -> None:
    content: dict[str, Any] = msgspec.to_builtins(a_note()) | {field: "x"}
    with pytest.raises(errors.InvalidRecordError):
        open_note(sign(json.dumps(content).encode(), NOTE_TYPE, KEY), known)


def test_a_stranger_writes_no_note() -> None:
    with pytest.raises(errors.UnknownKeyError):
        open_sealed(seal_note(a_note(), STRANGER), known)


def test_the_longest_note_is_far_from_the_largest_document() -> None:
    assert len(seal_note(a_note(text="\U0001f9d3" * MOST_TEXT), KEY)) < MAX_BYTES // 8


@given(st.text(st.characters(exclude_categories=()), max_size=MOST_TEXT))
def test_whatever_is_typed_is_kept_sealed_and_read_alike_or_refused(typed: str) -> None:
    text = kept_text(typed)
    assert text is None or kept_text(text) == text
    try:
        sealed = seal_note(a_note(text=text), KEY)
    except errors.RefusedError:
        return
    assert open_note(sealed, known).note.text == text


@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_raise_anything_but_a_refusal(content: bytes) -> None:
    with pytest.raises(errors.RefusedError):
        open_sealed(content, known)


@given(st.integers(0, len(seal_note(a_note(), KEY)) - 1), st.integers(1, 255))
def test_no_single_altered_byte_is_accepted(position: int, change: int) -> None:
    altered = bytearray(seal_note(a_note(), KEY))
    altered[position] ^= change
    with pytest.raises(errors.RefusedError):
        open_sealed(bytes(altered), known)
