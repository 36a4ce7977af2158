"""Whatever a command changes or takes out is in the trail, in the same transaction, or it is not done."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.store.scope import Everything
from ingest_server.store.trail import StoredEntry, TrailFilter, entries
from ingest_server.vocabulary import Deed
from tests.ingest_server.conftest import BY_HAND, Served, chain
from tests.ingest_server.rules.documents import shipped_as
from tests.visit_record.examples import STRANGER
from visit_record.keys import public_jwk

SINCE = ("--since", "2026-01-01")
DAYS = ("--from", "2026-01-01", "--to", "2026-12-31")
# In an order in which each finds what it needs; words in capitals are files of `files`.
CHANGING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("migrate", ()),
    ("users add", ("somebody", "--role", "auditor", "--one-time")),
    ("users password", ("somebody", "--one-time")),
    ("users token", ("somebody",)),
    ("users revoke", ("somebody",)),
    ("users disable", ("somebody",)),
    ("users enable", ("somebody",)),
    ("devices add", ("DEVICE",)),
    ("devices import", ("DEVICES",)),
    ("devices revoke", ("device-2",)),
    ("devices activate", ("device-2",)),
    ("agencies set", ("agency-a", "--district", "xuhui", "--by", "somebody")),
    ("intake", ("RECORDS", "--processes", "1")),
    ("recipients import", ("LEVELS", "--by", "somebody")),
    ("thresholds set", ("agency-a", "--review", "0.9", "--hold", "0.99", "--by", "somebody")),
    ("thresholds clear", ("agency-a",)),
    ("rules draft", ("RULES",)),
    ("rules commit", ("own", "--by", "somebody")),
    ("rules replay", ("own", *SINCE)),
    ("rules shadow", ("own",)),
    ("rules shadow", ()),
    ("rules shadow", ("--none",)),
    ("rules publish", ("own",)),
    ("rules rollback", ("--by", "somebody")),
    ("score", (*SINCE, "--calibration", BY_HAND)),
    ("authenticity rebuild", ()),
    ("export evv", (*DAYS, "--out", "OUT")),
    ("export shares", ("caregiver", "--since", "2026-01", "--until", "2026-12", "--out", "OUT")),
    ("users remove", ("somebody",)),
)
READING = {
    "users list",
    "devices list",
    "agencies list",
    "recipients list",
    "thresholds list",
    "rules list",
    "rules show",
    "rules check",
    "authenticity check",
    "trail check",
    # Has no store; and what is done while the server runs is entered by whoever does it.
    "key",
    "devices code",
    "run",
}


def commands(named: object, *path: str) -> Iterator[str]:
    if isinstance(named, TyperGroup):
        for name, command in named.commands.items():
            yield from commands(command, *path, name)
    else:
        yield " ".join(path)


def test_every_command_is_known_to_change_something_or_to_read_alone() -> None:
    changing = {name for name, _ in CHANGING}
    assert set(commands(get_command(app))) == changing | READING
    assert not changing & READING


def files(folder: Path) -> dict[str, str]:
    """What commands are handed, by the words that stand for it."""
    device = {"device": "device-2", "agency": "agency-a", "jwk": public_jwk(STRANGER.public_key()), "ueid": "AQE"}
    contents = {
        "DEVICE": json.dumps(device),
        "DEVICES": json.dumps(device | {"device": "device-3", "jwk": public_jwk(key_of_device_3().public_key())}),
        "LEVELS": "recipient,disability_level\nrecipient-1,5\n",
        "RULES": shipped_as("own"),
        "RECORDS": "\n".join(sealed.decode() for sealed in chain(2)),
    }
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return {name: str(folder / name) for name in (*contents, "OUT")}


def key_of_device_3() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(3, 35)))


def trail(served: Served) -> list[StoredEntry]:
    with served.database.reading() as connection:
        return entries(connection, Everything(), TrailFilter(), 1_000)


def everything(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "carewitness.db")) as connection:
        return list(connection.iterdump())


@contextmanager
def refusing_trail(served: Served) -> Iterator[None]:
    refusing = "CREATE TRIGGER refusing BEFORE INSERT ON trail BEGIN SELECT RAISE(ABORT, 'no trail today'); END"
    for statement in (refusing, "DROP TRIGGER refusing"):
        with served.database.writing() as connection:
            connection.execute(text(statement))
        if statement is refusing:
            yield


def test_each_leaves_one_entry_and_does_nothing_where_it_cannot(served: Served, tmp_path: Path) -> None:
    handed = files(tmp_path)

    def run(name: str, arguments: tuple[str, ...]) -> Result:
        given = [handed.get(one, one) for one in arguments]
        return CliRunner().invoke(app, [*name.split(), *given, "--data-dir", str(tmp_path)])

    for name, arguments in CHANGING:
        with refusing_trail(served):
            before = everything(tmp_path)
            refused = run(name, arguments)
            assert (refused.exit_code, "no trail today" in refused.stderr) == (1, True), (name, refused.output)
            assert everything(tmp_path) == before, name
            assert not (tmp_path / "OUT").exists(), name
        known = len(trail(served))
        done = run(name, arguments)
        assert done.exit_code == 0, (name, done.output)
        [added] = trail(served)[:-known] if known else trail(served)
        deed = Deed.EXPORT if name.startswith("export") else Deed.MANAGE
        assert (added.entry.route, added.entry.deed, added.entry.status) == (f"ingest-server {name}", deed, 200)
        assert added.entry.actor.startswith("os:"), name
        assert ("--by somebody" in added.entry.about) == ("--by" in arguments), name
        (tmp_path / "OUT").unlink(missing_ok=True)


@pytest.mark.parametrize("by", [(), ("--by", "somebody")])
def test_rules_that_one_person_committed_and_would_publish_are_not_told_to_be(
    served: Served, tmp_path: Path, by: tuple[str, ...]
) -> None:
    handed = files(tmp_path)
    for arguments in (
        ("users", "add", "somebody", "--role", "auditor", "--one-time"),
        ("rules", "draft", handed["RULES"]),
        ("rules", "commit", "own", *by),
    ):
        assert CliRunner().invoke(app, [*arguments, "--data-dir", str(tmp_path)]).exit_code == 0
    before = trail(served)
    refused = CliRunner().invoke(app, ["rules", "publish", "own", *by, "--data-dir", str(tmp_path)])
    assert refused.exit_code == 1
    assert trail(served) == before
