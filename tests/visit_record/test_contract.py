import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.visit_record.examples import KEY, STRANGER
from visit_record.broker import BrokerAddress, parse_broker
from visit_record.catalogue import parse_catalogue, service_items
from visit_record.errors import (
    BrokerAddressError,
    CatalogueError,
    KeyFileError,
    MalformedError,
    UnknownKeyError,
    WrongTypeError,
)
from visit_record.jws import sign
from visit_record.keys import key_from_jwk, load_key, public_jwk, store_new_key, thumbprint
from visit_record.receipts import Receipt, open_receipt, sign_receipt
from visit_record.topics import Kind, Topic, parse_topic
from visit_record.visit_id import visit_id

RECEIPT = Receipt("device-1", 7, "ab" * 32, 41, 1_790_000_000_000)


def test_receipt_opens_with_the_key_of_its_server() -> None:
    assert open_receipt(sign_receipt(RECEIPT, KEY), KEY.public_key()) == RECEIPT


def test_receipt_of_another_server_empties_no_outbox() -> None:
    with pytest.raises(UnknownKeyError):
        open_receipt(sign_receipt(RECEIPT, STRANGER), KEY.public_key())


def test_record_signed_by_the_server_is_no_receipt() -> None:
    with pytest.raises(WrongTypeError):
        open_receipt(sign(b"{}", "visit-record+jwt", KEY), KEY.public_key())


def test_thumbprint_is_the_one_of_rfc_8037_appendix_a3() -> None:
    key = key_from_jwk({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_jwk_is_read_by_pyjwt_too() -> None:
    key = jwt.PyJWK(public_jwk(KEY.public_key()) | {"alg": "EdDSA"}).key
    assert key.public_bytes_raw() == KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    "jwk", [{}, {"kty": "EC", "crv": "P-256", "x": "AA"}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}]
)
def test_key_of_another_kind_is_refused(jwk: dict[str, str]) -> None:
    with pytest.raises(KeyFileError):
        key_from_jwk(jwk)


def test_key_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    key = store_new_key(path)
    assert path.stat().st_mode & 0o077 == 0
    assert load_key(path).private_bytes_raw() == key.private_bytes_raw()
    with pytest.raises(KeyFileError):
        store_new_key(path)


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_broken_key_file_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "device.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileError):
        load_key(path)


def test_topic_is_read_as_it_is_written() -> None:
    topic = Topic("agency-a", "device-1", Kind.RECORD)
    assert str(topic) == "carewitness/v1/agency-a/device-1/record"
    assert parse_topic(str(topic)) == topic


@pytest.mark.parametrize("text", ["", "carewitness/v1/a/d", "carewitness/v2/a/d/record", "carewitness/v1/a/d/records"])
def test_foreign_topic_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_topic(text)


def test_catalogue_has_every_item_of_the_domain_in_both_languages() -> None:
    items = service_items()
    assert len(items) == 23
    assert all(item.zh and item.en and item.usual_minutes > 0 for item in items.values())
    assert [item.id for item in items.values() if item.leaves_no_cue] == ["medication"]


def test_catalogue_with_one_id_twice_is_refused() -> None:
    item = '[[item]]\nid="a"\nzh="a"\nen="a"\nusual_minutes=1\nsound=[]\noccupancy=[]\n'
    with pytest.raises(CatalogueError):
        parse_catalogue(item * 2)


def test_catalogue_with_an_unknown_cue_is_refused() -> None:
    with pytest.raises(CatalogueError):
        parse_catalogue('[[item]]\nid="a"\nzh="a"\nen="a"\nusual_minutes=1\nsound=["singing"]\noccupancy=[]\n')


@given(st.integers(0, 2**48 - 2), st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_visit_ids_sort_by_time_of_check_in(at_ms: int, first: bytes, second: bytes) -> None:
    assert visit_id(at_ms, first) < visit_id(at_ms + 1, second)
    assert visit_id(at_ms, first)[14] == "7"


def test_broker_address_may_leave_its_port_out() -> None:
    assert parse_broker("mqtt://broker.example") == BrokerAddress("broker.example", 1883)
    assert parse_broker("mqtt://[::1]:1884/") == BrokerAddress("::1", 1884)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:1883",
        "http://a:1",
        "mqtt://",
        "mqtt://a:99999",
        "mqtt://a:0",
        "mqtt://a:007",
        "mqtt://a:x",
        "mqtt://u:secret@a",
        "mqtt://[::1",
        "mqtt://a/b",
    ],
)
def test_what_is_no_broker_address_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(BrokerAddressError) as refusal:
        parse_broker(url)
    assert "secret" not in str(refusal.value)


def test_full_disk_leaves_no_half_a_key_to_stand_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    make = f"from pathlib import Path; from visit_record.keys import store_new_key; store_new_key(Path({str(path)!r}))"
    # A file may have no byte: what a full disk says to the first one.
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    full = f"{limit}; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); {make}"
    done = subprocess.run([sys.executable, "-c", full], capture_output=True, text=True, check=False)
    assert "KeyFileError" in done.stderr
    assert list(tmp_path.iterdir()) == []
    store_new_key(path)
