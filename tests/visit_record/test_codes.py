"""A document in parts comes back whole from any order of them, and from nothing else."""

import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.visit_record.examples import KEY
from visit_record.code_parts import MOST_PARTS, CodeKind, CodePart, fingerprint, join, read_part, split
from visit_record.errors import CodeError, DamagedCodeError, ForeignCodeError, InvalidCodeError, OtherVersionError
from visit_record.request_code import RequestCode, pack_request, unpack_request
from visit_record.site_code import SiteCode, pack_site, unpack_site
from visit_record.site_lines import LINES, SiteName

SERVER = KEY.public_key().public_bytes_raw()
SITE = {SiteName.DEVICE: "device-1", SiteName.AGENCY: "agency-a", SiteName.BROKER_HOST: "broker.example.org"}
CODE = SiteCode(SITE, SERVER, (b"authority",), (b"certificate",))
REQUEST = RequestCode("device-1", "agency-a", "AQE", SERVER, b"csr")
# ISO/IEC 18004, table 5.
ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@given(some.binary(min_size=1, max_size=2_000), some.integers(50, 250), some.sampled_from(CodeKind), some.randoms())
def test_parts_join_in_any_order(document: bytes, size: int, kind: CodeKind, dice: random.Random) -> None:
    parts = list(split(kind, document, size))
    dice.shuffle(parts)
    assert join([read_part(part.text) for part in parts]) == document
    assert all(set(part.text) <= ALPHANUMERIC for part in parts)


@given(some.text())
def test_what_is_no_code_of_ours_is_foreign(text: str) -> None:
    if not text.startswith("CW"):
        with pytest.raises(ForeignCodeError):
            read_part(text)


PARTS = split(CodeKind.SITE, pack_site(CODE), 60)
TEXT = PARTS[0].text


@given(some.integers(0, len(TEXT) - 1), some.characters(codec="ascii"))
def test_a_character_that_was_misread_never_passes_for_what_was_said(place: int, character: str) -> None:
    altered = TEXT[:place] + character + TEXT[place + 1 :]
    try:
        joined = join([read_part(altered), *PARTS[1:]])
    except CodeError:
        return
    assert joined == pack_site(CODE)


# As their lines allow; the others go together, or are named below.
FREE = (SiteName.TIME_SERVERS, SiteName.CONTACT_LINE, SiteName.ACCELEROMETER, SiteName.UPDATES_FROM)


def values(name: SiteName) -> some.SearchStrategy[str]:
    return some.just("") | some.from_regex(LINES[name].pattern, fullmatch=True).filter(lambda value: len(value) <= 200)


@given(
    some.fixed_dictionaries({}, optional={name: values(name) for name in FREE}),
    some.none() | some.tuples(some.integers(1, 65_535), some.floats(-90, 90), some.floats(-180, 180)),
    some.lists(some.binary(min_size=1, max_size=3_000), max_size=3),
    some.lists(some.binary(min_size=1, max_size=3_000), max_size=3),
)
def test_a_site_comes_back_as_it_was_said(
    site: dict[SiteName, str], place: tuple[int, float, float] | None, authority: list[bytes], own: list[bytes]
) -> None:
    placed = {
        SiteName.BROKER_PORT: str(place[0]) if place else "",
        SiteName.LATITUDE: f"{place[1]:.6f}" if place else "",
        SiteName.LONGITUDE: f"{place[2]:.6f}" if place else "",
    }
    code = SiteCode(site | placed | SITE, SERVER, tuple(authority), tuple(own))
    assert unpack_site(pack_site(code)) == code


@pytest.mark.parametrize("csr", [b"csr", None])
def test_a_request_comes_back_as_it_was_said(csr: bytes | None) -> None:
    code = msgspec.structs.replace(REQUEST, csr=csr)
    assert unpack_request(pack_request(code)) == code


# Of the last character's five bits two belong to no byte.
ONE_BYTE = split(CodeKind.SITE, b"\x01", 60)[0].text
REFUSED = {
    "a web address": ("https://example.org", ForeignCodeError, "not of this system"),
    "a later version": (TEXT.replace("CW1", "CW2"), OtherVersionError, "of version CW2, this program reads CW1"),
    "another kind": (TEXT.replace("SITE", "WIFI"), DamagedCodeError, "of a kind that this program does not know"),
    "cut short": (TEXT.rpartition(":")[0], DamagedCodeError, "cut short"),
    "a part after the last": (TEXT.replace(":1:", ":9:", 1), DamagedCodeError, f"part 9 of {len(PARTS)}"),
    "part none": (TEXT.replace(":1:", ":0:", 1), DamagedCodeError, f"part 0 of {len(PARTS)}"),
    "too many parts": (TEXT.replace(f":{len(PARTS)}:", ":41:", 1), DamagedCodeError, "part 1 of 41"),
    "another spelling of the same bytes": (ONE_BYTE[:-1] + "5", DamagedCodeError, "what no part of ours does"),
    "a length that base32 has not": (TEXT + "A", DamagedCodeError, "no base32"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_part_is_refused_for_its_reason(case: str) -> None:
    text, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        read_part(text)


NOT_JOINED: dict[str, tuple[list[CodePart], str]] = {
    "nothing": ([], "several codes, or of none"),
    "one missing": (list(PARTS[1:]), "not the"),
    "one twice": ([PARTS[0], *PARTS], "not the"),
    "two codes": ([*split(CodeKind.SITE, b"x" * 60 * len(PARTS), 60)[:1], *PARTS[1:]], "several codes"),
    "two kinds": ([msgspec.structs.replace(PARTS[0], kind=CodeKind.REQUEST), *PARTS[1:]], "several codes"),
    "another content": ([msgspec.structs.replace(PARTS[0], content=b"y" * 60), *PARTS[1:]], "checksum"),
}


@pytest.mark.parametrize("case", NOT_JOINED)
def test_what_are_not_the_parts_of_one_code_do_not_join(case: str) -> None:
    parts, words = NOT_JOINED[case]
    with pytest.raises(DamagedCodeError, match=words):
        join(parts)


@pytest.mark.parametrize("document", [b"", b"x" * (60 * MOST_PARTS + 1)])
def test_what_nobody_would_show_is_not_split(document: bytes) -> None:
    with pytest.raises(InvalidCodeError, match="1 to 40 are shown"):
        split(CodeKind.SITE, document, 60)


def test_the_kind_is_under_the_checksum() -> None:
    one, other = (split(kind, b"the same", 60)[0].checksum for kind in CodeKind)
    assert one != other


def packed(**changed: object) -> bytes:
    return msgspec.msgpack.encode(msgspec.to_builtins(CODE, builtin_types=(bytes,)) | changed)


BUILT = {name.value: value for name, value in SITE.items()}
INVALID = {
    "not packed": (b"\xc1", "not a site's code"),
    "no agency": (packed(site={"DEVICE": "device-1"}), "AGENCY is not named"),
    "an empty broker": (packed(site=SITE | {SiteName.BROKER_HOST: ""}), "BROKER_HOST is not named"),
    "a path": (packed(site=SITE | {SiteName.DEVICE: "../device-1"}), "DEVICE must be"),
    "a variable of the loader": (packed(site=BUILT | {"LD_PRELOAD": "/x.so"}), "LD_PRELOAD"),
    "a second line": (packed(site=SITE | {SiteName.DEVICE: "a\nb"}), "DEVICE may have"),
    "a command": (packed(site=SITE | {SiteName.DEVICE: "$(reboot)"}), "DEVICE may have"),
    "half a key": (packed(server_key=b"x" * 31), "length >= 32"),
    "four authorities": (packed(authority=[b"x"] * 4), "length <= 3"),
    "a field of a later version": (packed(wifi="x"), "unknown field"),
}


@pytest.mark.parametrize("case", INVALID)
def test_a_site_that_says_what_it_may_not_is_refused_whole(case: str) -> None:
    document, words = INVALID[case]
    with pytest.raises(InvalidCodeError, match=words):
        unpack_site(document)


def test_a_request_by_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidCodeError, match="not a device's request"):
        unpack_request(pack_request(msgspec.structs.replace(REQUEST, device="a/b")))


def test_a_fingerprint_is_six_groups_of_four_digits_and_tells_documents_apart() -> None:
    assert fingerprint(b"carewitness") == "7112 0488 4883 3324 6069 9838"
    assert fingerprint(b"carewitness.") != fingerprint(b"carewitness")


def test_every_line_of_the_site_file_that_ships_has_its_name_in_the_code() -> None:
    text = (Path(__file__).parents[2] / "firmware_config" / "site.env").read_text("utf-8")
    names = {line.partition("=")[0] for line in text.splitlines() if "=" in line and not line.startswith("#")}
    assert names <= set(SiteName)
