"""What is ordered, and which codes let somebody in: read from a file that people write and a server will send."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge_agent.codes import hashed, matches
from edge_agent.day_orders import read_orders
from edge_agent.errors import SettingsError
from edge_agent.orders_file import OrdersFile

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


SECOND = FILE.split("[[caregiver]]", maxsplit=1)[0].replace("order-1", "order-2")
LEFT_OUT = {
    "an item of no catalogue": (["order-1", "order-2"], 1),
    "one order twice": (["order-1", "order-2"], 0),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_costs_its_own_order_alone_and_a_missing_item_not_even_that(file: Path, slip: str) -> None:
    right, wrong = SLIPS[slip]
    file.write_text(FILE.replace(right, wrong, 1) + SECOND, "utf-8")
    kept, without_items = LEFT_OUT.get(slip, (["order-2"], 0))
    orders = OrdersFile(file)()
    assert [order.order for order in orders.order] == kept
    assert sum(order.items == () for order in orders.order) == without_items
    assert orders.name_of("caregiver-1") == "护理员甲"


def test_a_name_that_is_too_long_costs_that_name_alone(file: Path) -> None:
    file.write_text(FILE.replace("护理员甲", "名" * 200), "utf-8")
    orders = OrdersFile(file)()
    assert [order.order for order in orders.order] == ["order-1"]
    assert orders.name_of("caregiver-1") == "caregiver-1"


def test_a_start_over_a_file_that_is_no_toml_has_the_orders_before_it(file: Path) -> None:
    assert len(OrdersFile(file)().order) == 1
    file.write_text(FILE[: len(FILE) // 2], "utf-8")
    with capture_logs() as logged:
        assert [order.order for order in OrdersFile(file)().order] == ["order-1"]
    assert [line["event"] for line in logged] == ["orders_unusable"]
    assert file.with_name(".orders.toml.last").stat().st_mode & 0o777 == 0o600


def test_a_first_start_over_such_a_file_has_none_and_goes_on(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    assert OrdersFile(file)().order == ()
