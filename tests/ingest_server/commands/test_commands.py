"""The commands for people and devices: they do what they say, and fail in one line."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import convert
from sqlalchemy import text, update
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.commands import devices, users
from ingest_server.data_dir import server_key
from ingest_server.local_days import DAY_MS
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.calibration import CURRENT
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store import rule_sets, schema
from ingest_server.store.accounts import Account, authenticate
from ingest_server.store.changes import By
from ingest_server.store.database import Database
from ingest_server.store.devices import Enrolment, enrol, enrolled_devices, keys_by_kid, keys_of
from ingest_server.store.sessions import Kind, opened_by
from ingest_server.vocabulary import Role
from tests.ingest_server.rules.documents import SHIPPED_VERSION, parsed, shipped_as
from tests.visit_record.examples import KEY, STRANGER
from visit_record.code_parts import fingerprint
from visit_record.keys import key_from_jwk, public_jwk, thumbprint

SET_THRESHOLDS = ("thresholds", "set", "agency-a", "--review", "0.9", "--hold", "0.99")
PASSWORD = "correct horse battery"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'carewitness.db'}"


def person(url: str, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(users.app, [*arguments, "--database", url], input=typed)


def device(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(devices.app, [*arguments, "--database", url])


def command(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One run in a process of its own, so that its log goes where it goes for people."""
    called = [sys.executable, "-m", "ingest_server", *arguments, "--database", url]
    return subprocess.run(called, check=True, capture_output=True, text=True, encoding="utf-8")


def add_auditor(url: str) -> Result:
    return person(url, "add", "somebody", "--role", "auditor", "--password-stdin", typed=f"{PASSWORD}\n")


def request(device: str, key: object) -> dict[str, object]:
    assert isinstance(key, type(KEY))
    return {"device": device, "agency": "agency-a", "jwk": public_jwk(key.public_key()), "ueid": "AQE"}


def test_added_person_can_log_in_and_no_other_password_fits(url: str) -> None:
    assert add_auditor(url).exit_code == 0
    with Database(url).reading() as connection:
        proven = authenticate(connection, "somebody", PASSWORD, 0)
        assert proven is not None
        assert proven.account == Account("somebody", Role.AUDITOR, None)
        assert authenticate(connection, "somebody", PASSWORD[:-1], 0) is None
    assert PASSWORD.encode() not in Path(url.removeprefix("sqlite:///")).read_bytes()


def test_token_is_good_until_revoked(url: str) -> None:
    add_auditor(url)
    secret = person(url, "token", "somebody", "--days", "1").output.strip()
    with Database(url).reading() as connection:
        assert opened_by(connection, secret, Kind.TOKEN, 0) is not None
        assert opened_by(connection, secret, Kind.TOKEN, 10**13 + DAY_MS) is None
    assert secret.encode() not in Path(url.removeprefix("sqlite:///")).read_bytes()
    assert person(url, "revoke", "somebody").exit_code == 0
    with Database(url).reading() as connection:
        assert opened_by(connection, secret, Kind.TOKEN, 0) is None


def test_removed_person_is_out_at_once(url: str) -> None:
    add_auditor(url)
    secret = person(url, "token", "somebody").output.strip()
    assert person(url, "remove", "somebody").exit_code == 0
    with Database(url).reading() as connection:
        assert opened_by(connection, secret, Kind.TOKEN, 0) is None
        assert authenticate(connection, "somebody", PASSWORD, 0) is None


def test_what_was_done_is_told_in_chinese_first(url: str, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(request("device-1", KEY)))
    levels = tmp_path / "levels.csv"
    levels.write_text("recipient,disability_level\nrecipient-1,5\n")
    rules = tmp_path / "rules.toml"
    rules.write_text(shipped_as("own"), encoding="utf-8")
    told = {
        "add": add_auditor(url).output,
        "enrol": device(url, "add", str(file)).output,
        "import": CliRunner().invoke(app, ["recipients", "import", str(levels), "--database", url]).output,
        "revoke": person(url, "revoke", "somebody").output,
        "remove": person(url, "remove", "somebody").output,
        "check": CliRunner().invoke(app, ["rules", "check", str(rules)]).output,
        "set": CliRunner().invoke(app, [*SET_THRESHOLDS, "--database", url]).output,
    }
    for command, said in told.items():
        chinese, _, english = said.splitlines()[-1].partition(" · ")
        assert re.search("[\u4e00-\u9fff]", chinese), command
        assert english.isascii() and english, command


@pytest.mark.parametrize("listing", ["users", "devices", "recipients", "thresholds", "rules"])
def test_headings_are_chinese_first(url: str, listing: str) -> None:
    add_auditor(url)
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, [listing, "list", "--database", url]).output
    heading = next(line for line in shown.splitlines() if "┃" in line)
    assert all(re.match("[\u4e00-\u9fff]", cell.strip()) for cell in heading.strip("┃").split("┃"))


REFUSED = {
    "supervisor of nothing": (("s", "--role", "supervisor"), PASSWORD),
    "auditor of one agency": (("s", "--role", "auditor", "--agency", "agency-a"), PASSWORD),
    "short password": (("s", "--role", "auditor"), "short"),
    "no password": (("s", "--role", "auditor"), ""),
    "endless password": (("s", "--role", "auditor"), "x" * 513),
    "name with a space": (("some body", "--role", "auditor"), PASSWORD),
    "name with a newline": (("somebody\n", "--role", "auditor"), PASSWORD),
    "agency with a slash": (("s", "--role", "supervisor", "--agency", "a/b"), PASSWORD),
}


@pytest.mark.parametrize(("arguments", "password"), REFUSED.values(), ids=REFUSED)
def test_person_who_cannot_be_entered_is_refused_in_one_line(
    url: str, arguments: tuple[str, ...], password: str
) -> None:
    failed_in_one_line(person(url, "add", *arguments, "--password-stdin", typed=f"{password}\n"))


def test_second_person_of_a_name_is_refused_and_the_first_stays(url: str) -> None:
    add_auditor(url)
    failed_in_one_line(add_auditor(url))
    failed_in_one_line(person(url, "remove", "nobody"))
    failed_in_one_line(person(url, "token", "nobody"))


def test_devices_are_enrolled_from_files_and_lines(url: str, tmp_path: Path) -> None:
    single, lines = tmp_path / "one.json", tmp_path / "many.jsonl"
    single.write_text(json.dumps(request("device-1", KEY)))
    lines.write_text(json.dumps(request("device-2", STRANGER)) + "\n\n")
    added, imported = device(url, "add", str(single)), device(url, "import", str(lines))
    assert (added.exit_code, imported.exit_code) == (0, 0)
    with Database(url).reading() as connection:
        kids = {found.device: found.kid for found in enrolled_devices(connection)}
    assert kids == {"device-1": thumbprint(KEY.public_key()), "device-2": thumbprint(STRANGER.public_key())}
    listed = device(url, "list").output
    assert "device-1" in listed
    for told, key in ((added.output, KEY), (imported.output, STRANGER)):
        digits = fingerprint(key.public_key().public_bytes_raw())
        assert digits in told
        assert digits in listed
    failed_in_one_line(device(url, "add", str(single)))


BAD_FILES = {
    "empty": b"",
    "not JSON": b"hello",
    "cut short": b'{"device": "d',
    "not UTF-8": b"\xff\xfe{}",
    "no key": b'{"device": "d", "agency": "a", "ueid": "x", "jwk": {}}',
    "another kind of key": b'{"device": "d", "agency": "a", "ueid": "x", "jwk": {"kty": "RSA", "crv": "x", "x": "AA"}}',
    "a field too many": b'{"device": "d", "agency": "a", "ueid": "x", "jwk": {}, "admin": true}',
    "a hostile name": b'{"device": "../d", "agency": "a", "ueid": "x", "jwk": {}}',
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
@pytest.mark.parametrize("command", ["add", "import"])
def test_bad_enrolment_is_refused_in_one_line_and_enters_nobody(
    url: str, tmp_path: Path, content: bytes, command: str
) -> None:
    file = tmp_path / "bad"
    file.write_bytes(content)
    failed_in_one_line(device(url, command, str(file)))
    database = Database(url)
    database.require_current()
    with database.reading() as connection:
        assert enrolled_devices(connection) == []


def test_keys_are_found_by_thumbprint_and_only_those_that_may_sign(url: str) -> None:
    kid, stranger = thumbprint(KEY.public_key()), thumbprint(STRANGER.public_key())
    database = Database(url)
    database.require_current()
    requests = [convert(request("device-1", KEY), Enrolment), convert(request("device-2", STRANGER), Enrolment)]
    with database.writing() as connection:
        enrol(connection, requests, 0)
        connection.execute(update(schema.devices).where(schema.devices.c.kid == stranger).values(state="revoked"))
        many = {kid, stranger, *(f"no-key-{number}" for number in range(40_000))}
        found = keys_by_kid(connection, many)
        assert {kid: enrolled.device for kid, enrolled in found.items()} == {kid: "device-1"}
        assert thumbprint(found[kid].key) == kid
        assert keys_by_kid(connection, ()) == {}
        assert keys_of(connection, "device-2").keys() == {stranger}


def test_server_key_is_made_once_with_its_folder_and_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    shown = CliRunner().invoke(app, ["key", "--data-dir", str(folder)])
    assert shown.output == CliRunner().invoke(app, ["key", "--data-dir", str(folder)]).output
    assert server_key(folder).public_key() == key_from_jwk(json.loads(shown.output))
    assert CliRunner().invoke(app, ["migrate", "--data-dir", str(tmp_path / "other")]).exit_code == 0
    (tmp_path / "file").write_text("")
    for command in ("key", "migrate"):
        failed = CliRunner().invoke(app, [command, "--data-dir", str(tmp_path / "file")])
        failed_in_one_line(failed)
        assert "cannot make the data folder" in failed.stderr


def test_missing_file_and_unwritable_store_fail_in_one_line(url: str, tmp_path: Path) -> None:
    failed_in_one_line(device(url, "add", str(tmp_path / "nowhere.json")))
    failed_in_one_line(device(url, "add", str(tmp_path)))
    failed_in_one_line(device(f"sqlite:///{tmp_path}/no/such/folder/x.db", "list"))
    failed_in_one_line(device("nonsense", "list"))


def failed_in_one_line(result: Result) -> None:
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("错误 error: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_mistyped_data_folder_does_not_look_like_an_empty_server(tmp_path: Path) -> None:
    for command in (["list"], ["revoke", "somebody"], ["token", "somebody"], ["remove", "somebody"]):
        done = CliRunner().invoke(users.app, [*command, "--data-dir", str(tmp_path / "typo")])
        assert done.exit_code == 1
        assert "there is no database" in done.output
    assert not (tmp_path / "typo").exists()


ASKING = {
    "users list": ("users", "list"),
    "users revoke": ("users", "revoke", "somebody"),
    "devices list": ("devices", "list"),
    "recipients list": ("recipients", "list"),
    "rules list": ("rules", "list"),
    "rules publish": ("rules", "publish", "2"),
    "thresholds list": ("thresholds", "list"),
    "score": ("score", "--since", "2026-01-01", "--calibration", CURRENT),
    "authenticity check": ("authenticity", "check"),
}


@pytest.mark.parametrize("asked", ASKING.values(), ids=ASKING)
def test_mistyped_database_does_not_look_like_an_empty_server(tmp_path: Path, asked: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*asked, "--database", f"sqlite:///{tmp_path / 'typo.db'}"])
    failed_in_one_line(done)
    assert "there is no database" in done.stderr
    assert list(tmp_path.iterdir()) == []


def file_of(folder: Path, *statements: str) -> Path:
    file = folder / "another.db"
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return file


NO_STORES: dict[str, Callable[[Path], object]] = {
    "empty file": lambda folder: (folder / "another.db").write_bytes(b""),
    "database without tables": lambda folder: file_of(folder, "VACUUM"),
    "database of another program": lambda folder: file_of(folder, "CREATE TABLE letters (id INTEGER)"),
}


@pytest.mark.parametrize("made", NO_STORES.values(), ids=NO_STORES)
def test_database_that_holds_no_store_is_refused_and_left_as_it_is(
    tmp_path: Path, made: Callable[[Path], object]
) -> None:
    made(tmp_path)
    url = f"sqlite:///{tmp_path / 'another.db'}"
    failed_in_one_line(person(url, "list"))
    with closing(sqlite3.connect(tmp_path / "another.db")) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert tables <= {"letters"}


def test_database_in_memory_is_nobodys_server() -> None:
    failed_in_one_line(person("sqlite://", "list"))


def test_empty_file_in_the_data_folder_is_no_server(tmp_path: Path) -> None:
    (tmp_path / "carewitness.db").write_bytes(b"")
    failed_in_one_line(CliRunner().invoke(users.app, ["list", "--data-dir", str(tmp_path)]))
    assert (tmp_path / "carewitness.db").read_bytes() == b""


def test_nobodys_sessions_cannot_be_ended(url: str) -> None:
    add_auditor(url)
    done = person(url, "revoke", "nobody")
    assert done.exit_code == 1
    assert "there is no user nobody" in done.output


def test_password_that_is_no_text_is_refused_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ingest_server", "users", "add", "somebody", "--role", "auditor"]
    options = ["--password-stdin", "--data-dir", str(tmp_path)]
    done = subprocess.run([*command, *options], input=b"long enough \xff\xfe\n", check=False, capture_output=True)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_password_of_a_database_is_never_shown() -> None:
    done = CliRunner().invoke(users.app, ["list", "--database", "postgresql://carewitness:s3cret@127.0.0.1:1/x"])
    assert done.exit_code == 1
    assert "s3cret" not in done.output


def test_database_of_a_newer_program_is_refused_by_migrate_in_one_line(url: str) -> None:
    Database(url).migrate()
    with Database(url).writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    done = CliRunner().invoke(app, ["migrate", "--database", url])
    assert done.exit_code == 1
    assert "newer program" in done.output
    assert "Traceback" not in done.output


@pytest.fixture
def own_rules(url: str) -> str:
    """A store whose own draft has the version of the rules that ship."""
    database = Database(url)
    database.migrate()
    with database.writing() as connection:
        rule_sets.draft(connection, SHIPPED_VERSION, "another text", By("auditor", 0))
    database.close()
    return url


def test_migrate_says_that_rules_of_ones_own_have_the_version_of_those_that_ship(own_rules: str) -> None:
    told = [command(own_rules, *arguments).stderr for arguments in (("migrate",), ("rules", "list"))]
    assert told[0].splitlines()[-1].startswith(f"库中的规则 {SHIPPED_VERSION} 与随程序附带的内容不同")
    assert f"rule set {SHIPPED_VERSION} of this store is not the one that ships" in told[0]
    assert all("rules of the shipped version are not the shipped ones" in said for said in told)


def test_migrate_says_nothing_of_rules_that_are_as_they_ship(url: str) -> None:
    assert [command(url, "migrate").stderr for _ in range(2)] == ["", ""]


def test_what_is_logged_stands_in_no_document(own_rules: str) -> None:
    assert command(own_rules, "rules", "show", SHIPPED_VERSION).stdout.startswith(f"# {SHIPPED_VERSION}: draft\n")


def test_rules_go_through_a_pipe_that_knows_no_chinese_and_are_the_same_rules(url: str) -> None:
    Database(url).migrate()
    called = [sys.executable, "-m", "ingest_server", "rules"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    listed, shown = (
        subprocess.run([*called, *asked, "--database", url], check=True, capture_output=True, env=environment).stdout
        for asked in (("list",), ("show", SHIPPED_VERSION))
    )
    assert SHIPPED_VERSION.encode() in listed
    assert parsed(shown.decode("ascii")) == shipped_rules(EVIDENCE_IDS)


def test_what_the_server_stores_is_for_its_own_eyes(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    command = [sys.executable, "-m", "ingest_server", "users", "add", "somebody", "--role", "auditor"]
    options = ["--password-stdin", "--data-dir", str(folder)]
    subprocess.run([*command, *options], input=PASSWORD, text=True, check=True, capture_output=True)
    assert folder.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
