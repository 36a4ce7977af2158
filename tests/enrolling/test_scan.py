"""A code goes through a real camera adapter into a folder, whole or not at all, and each thing that fails says so."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_csr

from edge_agent.enrolling.folder import request_files, write_folder
from edge_agent.errors import ScanError
from edge_agent.identity import create_identity
from tests.appliance.certificates import Authority
from tests.commands.call import Called, call
from tests.enrolling.scenes import (
    Picture,
    Room,
    drawn,
    empty_room,
    film,
    held_up,
    photographs,
    pictures,
    scenes_of,
)
from tests.sensors.mjpeg import mjpeg_stream
from tests.visit_record.test_codes import SERVER, SITE
from visit_record.code_parts import CodeKind, fingerprint, split
from visit_record.errors import InvalidCodeError
from visit_record.keys import key_from_jwk
from visit_record.request_code import RequestCode
from visit_record.site_code import SiteCode, pack_site

AUTHORITY = Authority.new()
DER = AUTHORITY.certificate.public_bytes(Encoding.DER)
CODE = SiteCode(SITE, SERVER, (DER,), (DER,))
DOCUMENT = pack_site(CODE)
PARTS = split(CodeKind.SITE, DOCUMENT, 170)
BY_HAND = Room(side=330, tilt=0.03, turn=0.08, blur=0.9, light=0.6)


def scanned(capsys: pytest.CaptureFixture[str], camera: Path | str, out: Path, *more: object) -> Called:
    return call(capsys, "scan", "--camera", camera, "--out", out, *more)


def test_a_site_comes_out_of_a_video_as_files_of_a_stick(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenes = [empty_room(), *scenes_of([*PARTS[2:], *PARTS[:2]], BY_HAND)]
    done = scanned(capsys, film(tmp_path / "held.avi", scenes), tmp_path / "site")
    assert done.status == 0, done.err
    files = {path.name: path.read_bytes() for path in (tmp_path / "site").iterdir()}
    assert files.pop("site.env").decode() == "DEVICE=device-1\nAGENCY=agency-a\nBROKER_HOST=broker.example.org\n"
    assert key_from_jwk(json.loads(files.pop("server.jwk.json"))).public_bytes_raw() == SERVER
    assert files == {"ca.crt": AUTHORITY.pem(), "device-1.crt": AUTHORITY.pem()}
    assert done.out == f"请核对指纹 · compare the fingerprint: {fingerprint(DOCUMENT)}\n"
    assert f"共 {len(PARTS)} 个码，已有 1 个" in done.err
    assert f"only laid aside in {tmp_path / 'site'} until the fingerprint is compared: site.env, " in done.err
    assert {path.name for path in tmp_path.iterdir()} == {"held.avi", "site"}


def test_a_site_comes_out_of_a_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenes = scenes_of(PARTS)
    with mjpeg_stream(400, 0.1, shown=lambda number: scenes[number // 5 % len(scenes)]) as address:
        done = scanned(capsys, address, tmp_path / "site")
    assert done.status == 0, done.err
    assert (tmp_path / "site" / "ca.crt").read_bytes() == AUTHORITY.pem()


def test_a_camera_that_shows_no_more_is_closed_in_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with mjpeg_stream(400, 0.05, shown=lambda _: SCENES_BUT_ONE[0]) as address:
        done = scanned(capsys, address, tmp_path / "site", "--within-s", 1)
    assert done.status == 1
    assert f"no code became whole: 1 of {len(PARTS)} codes; wanting 2, 3" in done.err
    assert not (tmp_path / "site").exists()


SCENES_BUT_ONE = scenes_of(PARTS[:-1])
OTHER = split(CodeKind.SITE, pack_site(msgspec.structs.replace(CODE, certificate=())), 170)
TORN = msgspec.structs.replace(PARTS[1], content=bytes(len(PARTS[1].content)))


def seen(*texts: str) -> Picture:
    return held_up([drawn(text) for text in texts], Room(side=300))


NOT_WHOLE: dict[str, tuple[list[Picture], str]] = {
    "one part missing": (SCENES_BUT_ONE, f"wanting {len(PARTS)}; hold it nearer"),
    "parts of two codes": ([*scenes_of(PARTS[:2]), *scenes_of(OTHER[2:])], "another code came into view"),
    "a foreign code": ([seen("https://example.org", "WIFI:S:home;;")], "a code of something else is in view"),
    "a damaged part": (scenes_of([PARTS[0], TORN, *PARTS[2:]]), "a code is damaged and was dropped"),
    "a later version": ([seen(PARTS[0].text.replace("CW1", "CW2"))], "of another version of the program"),
    "a request": (scenes_of(split(CodeKind.REQUEST, DOCUMENT, 170)), "that is the other kind of code"),
    "nothing": ([empty_room()], "no code of this system was read yet"),
}


@pytest.mark.parametrize("case", NOT_WHOLE)
def test_what_is_not_whole_says_why_and_leaves_no_folder(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes, words = NOT_WHOLE[case]
    pictures(tmp_path / "shown", scenes)
    done = scanned(capsys, tmp_path / "shown", tmp_path / "site")
    assert done.status == 1
    assert words in done.err
    assert "没有读全" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["shown"]


def test_a_foreign_code_beside_ours_does_no_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenes = [held_up([drawn(part.text), drawn("https://example.org")], Room(side=300)) for part in PARTS]
    done = scanned(capsys, film(tmp_path / "held.avi", scenes), tmp_path / "site")
    assert done.status == 0, done.err
    assert done.err.count("it is ignored") == 1


INVALID: dict[str, tuple[bytes, str]] = {
    "no certificate": (pack_site(SiteCode(SITE, SERVER, (b"no certificate",))), "what the code has for a certificate"),
    "no site": (b"no site", "not a site's code of this version"),
}


@pytest.mark.parametrize("case", INVALID)
def test_a_whole_code_that_says_what_it_may_not_leaves_no_folder(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, words = INVALID[case]
    pictures(tmp_path / "shown", scenes_of(split(CodeKind.SITE, document, 170)))
    done = scanned(capsys, tmp_path / "shown", tmp_path / "site")
    assert done.status == 1
    assert words in done.err
    assert not (tmp_path / "site").exists()


def test_a_request_that_was_not_signed_by_its_own_key_is_refused(asked: tuple[Path, Path]) -> None:
    der = load_pem_x509_csr(asked[1].read_bytes()).public_bytes(Encoding.DER)
    forged = RequestCode("device-1", "agency-a", "AQE", SERVER, der.replace(b"device-1", b"device-2"))
    with pytest.raises(InvalidCodeError, match="the request of a certificate is not signed by its own key") as refused:
        request_files(forged)
    assert refused.value.said.zh.endswith("；不要签发")


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mine").touch()
    done = scanned(capsys, "/dev/video99", tmp_path / "site")
    assert done.status == 1
    assert "name one that is new or empty" in done.err
    with pytest.raises(ScanError, match="name one that is new or empty"):
        write_folder(tmp_path / "site", {"site.env": b""})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine", "site"]


def test_a_folder_that_is_empty_is_filled(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    write_folder(tmp_path / "site", {"site.env": b"DEVICE=device-1\n"})
    assert (tmp_path / "site" / "site.env").read_bytes() == b"DEVICE=device-1\n"


def test_a_camera_that_is_not_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = scanned(capsys, "/dev/video99", tmp_path / "site")
    assert done.status == 1
    assert "no camera at /dev/video99" in done.err


def test_a_device_without_a_camera_asks_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings.toml").write_text('folder = "device"\nmodels = "registry.toml"\n')
    done = call(capsys, "scan", "--settings", tmp_path / "settings.toml", "--out", tmp_path / "site")
    assert done.status == 1
    assert "name one with --camera" in done.err


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A device's folder, and its request for a certificate."""
    create_identity(tmp_path / "device", "device-1", "agency-a")
    csr = tmp_path / "device-1.csr"
    command = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*command, "-keyout", "/dev/null", "-subj", "/CN=device-1", "-out", str(csr)], check=True)
    yield tmp_path / "device", csr


def test_a_request_is_shown_on_a_terminal_and_comes_back_as_what_the_administrator_takes(
    asked: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, csr = asked
    shown = call(capsys, "show-request", "--folder", folder, "--csr", csr)
    assert shown.status == 0, shown.err
    photographs(shown.out, tmp_path / "photographs")
    done = scanned(capsys, tmp_path / "photographs", tmp_path / "asked", "--request")
    assert done.status == 0, done.err
    request = json.loads((tmp_path / "asked" / "device-1.request.json").read_text("utf-8"))
    assert (request["device"], request["agency"]) == ("device-1", "agency-a")
    read_csr = load_pem_x509_csr((tmp_path / "asked" / "device-1.csr").read_bytes())
    assert read_csr == load_pem_x509_csr(csr.read_bytes())
    told, of_key = (line.partition("fingerprint ")[2] for line in shown.out.splitlines()[-2:])
    assert f"compare the fingerprint: {told}" in done.out
    assert f"key fingerprint: {of_key}" in done.err
    alone = call(capsys, "show-request", "--folder", folder, "--fingerprint")
    assert alone.out == f"密钥指纹 key fingerprint {of_key}\n"
