"""What is ordered, and which codes let somebody in: read from a file that people write and a server will send."""

import os
from pathlib import Path

import pytest

from edge_agent.codes import hashed, matches
from edge_agent.day_orders import OrdersFile, read_orders
from edge_agent.errors import SettingsError

FILE = """
[[order]]
order = "order-1"
caregiver = "caregiver-1"
recipient = "recipient-1"
planned_start = 2026-01-05T09:00:00+08:00
planned_duration_s = 3600
items = ["feeding"]
[[caregiver]]
id = "caregiver-1"
name = "护理员甲"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_a_code_is_known_again_and_stands_nowhere() -> None:
    kept = hashed("4711", os.urandom(16))
    assert matches("4711", kept)
    assert not matches("4712", kept)
    assert "4711" not in kept
    assert hashed("4711", os.urandom(16)) != kept


@pytest.mark.parametrize("kept", ["", "4711", "scrypt$x$y", "scrypt$AA==$AA==", "scrypt$$", "md5$AA==$AA=="])
def test_what_is_no_hash_lets_nobody_in(kept: str) -> None:
    assert not matches("4711", kept)
    assert not matches("", kept)


def test_a_code_that_is_too_short_is_not_kept() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        hashed("123", bytes(16))


SLIPS: dict[str, tuple[str, str]] = {
    "an item of no catalogue": ('items = ["feeding"]', 'items = ["nonsense"]'),
    "a time without offset": ("09:00:00+08:00", "09:00:00"),
    "an order that lasts no time": ("= 3600", "= 0"),
    "a misspelt name": ("planned_start =", "planed_start ="),
    "an id that would leave its topic": ('order = "order-1"', 'order = "../order"'),
    "one order twice": (FILE, FILE + FILE.split("[[caregiver]]", maxsplit=1)[0]),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_file_is_told(file: Path, slip: str) -> None:
    right, wrong = SLIPS[slip]
    file.write_text(FILE.replace(right, wrong, 1), "utf-8")
    with pytest.raises(SettingsError):
        read_orders(file)


def test_a_device_without_orders_has_none(tmp_path: Path) -> None:
    assert OrdersFile(tmp_path / "orders.toml")().order == ()


def test_orders_that_arrive_are_known_at_once_and_what_cannot_be_read_changes_nothing(file: Path) -> None:
    orders = OrdersFile(file)
    file.write_text(FILE.replace('"order-1"', '"order-2"'), "utf-8")
    os.utime(file, ns=(1, 1))
    assert [order.order for order in orders().order] == ["order-2"]
    file.write_text("no toml at all", "utf-8")
    os.utime(file, ns=(2, 2))
    assert [order.order for order in orders().order] == ["order-2"]
    assert orders().name_of("caregiver-1") == "护理员甲"
