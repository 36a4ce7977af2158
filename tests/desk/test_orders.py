"""What is ordered, and which codes let somebody in: read from a file that people write and a server will send."""

import os
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from edge_agent.codes import hashed, matches
from edge_agent.day_orders import Orders, local, read_orders
from edge_agent.desk.order_views import of_order
from edge_agent.errors import SettingsError
from edge_agent.orders_file import GONE_AFTER_S, OrdersFile, people_of
from visit_record.record import PlannedOrder

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
    "an order of milliseconds": ("= 3600", "= 3_600_000"),
    "a length that is no number": ("= 3600", "= nan"),
    "a day without time": ("2026-01-05T09:00:00+08:00", "2026-01-05"),
    "a start before any clock's": ("2026-01-05T09:00:00+08:00", "0026-01-05T09:00:00+08:00"),
    "a start that no zone to the west can write": ("2026-01-05T09:00:00+08:00", "0001-01-01T00:00:00+08:00"),
    "a start that no zone to the east can write": ("2026-01-05T09:00:00+08:00", "9999-12-31T23:59:59Z"),
    "more items than a record takes": ('["feeding"]', str(["feeding"] * 5000)),
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
    assert orders().name_of_caregiver("caregiver-1") == "护理员甲"


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
    with capture_logs() as logged:
        orders = OrdersFile(file)()
    assert [line["event"] for line in logged] == ["items_left_out" if without_items else "order_left_out"]
    assert [order.order for order in orders.order] == kept
    assert sum(order.items == () for order in orders.order) == without_items
    assert orders.name_of_caregiver("caregiver-1") == "护理员甲"


def test_a_caregiver_and_a_recipient_of_one_id_have_each_their_own_name(file: Path) -> None:
    alike = FILE.replace("recipient-1", "caregiver-1")
    file.write_text(alike + '[[recipient]]\nid = "caregiver-1"\nname = "老人乙"\n', "utf-8")
    orders = read_orders(file)
    seen = of_order(orders.order[0], orders)
    assert (seen.caregiver_name, seen.recipient_name) == ("护理员甲", "老人乙")
    file.write_text(alike, "utf-8")
    orders = read_orders(file)
    assert of_order(orders.order[0], orders).recipient_name == "caregiver-1", "no name of somebody else's list"


def test_a_name_that_is_too_long_costs_that_name_alone(file: Path) -> None:
    file.write_text(FILE.replace("护理员甲", "名" * 200), "utf-8")
    orders = OrdersFile(file)()
    assert [order.order for order in orders.order] == ["order-1"]
    assert orders.name_of_caregiver("caregiver-1") == "caregiver-1"


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


@pytest.mark.parametrize(("start", "length_s"), [("2000-01-01T00:00:00Z", 86_400), ("2099-12-31T23:59:59Z", 0.001)])
def test_whatever_order_is_taken_a_record_can_hold_and_every_zone_can_write(
    file: Path, start: str, length_s: float
) -> None:
    told = FILE.replace("2026-01-05T09:00:00+08:00", start).replace("3600", str(length_s))
    file.write_text(told.replace('["feeding"]', str(["feeding"] * 64)), "utf-8")
    [order] = read_orders(file).order
    assert msgspec.convert(msgspec.to_builtins(order.planned), PlannedOrder) == order.planned
    for hours in (-12, 14):
        there = timezone(timedelta(hours=hours))
        assert OrdersFile(file)().of_day(local(order.planned.planned_start_ms, there)) == (order,)


SLIPS_OF_THE_WHOLE = {
    "one bracket": (FILE.replace("[[order]]", "[order]"), "two brackets"),
    "another name": (FILE.replace("[[order]]", "[[orders]]"), "no such part"),
}


@pytest.mark.parametrize("slip", SLIPS_OF_THE_WHOLE)
def test_orders_under_a_wrong_heading_are_told_and_cost_none_of_before(file: Path, slip: str) -> None:
    content, reason = SLIPS_OF_THE_WHOLE[slip]
    running = OrdersFile(file)
    file.write_text(content, "utf-8")
    os.utime(file, ns=(1, 1))
    with capture_logs() as logged:
        assert [order.order for order in running().order] == ["order-1"], "who is to come today still can"
    assert [line["event"] for line in logged] == ["order_left_out", "orders_unusable"]
    assert reason in logged[0]["reason"]
    assert [order.order for order in OrdersFile(file)().order] == ["order-1"], "over a start too"
    with pytest.raises(SettingsError):
        read_orders(file)


def test_whom_a_file_names_is_known_though_no_order_of_it_can_be_used(file: Path) -> None:
    """What leaves the device in a support bundle goes by this."""
    file.write_text(FILE.replace("[[order]]", "[[orders]]"), "utf-8")
    assert "护理员甲" in people_of(file)


def test_of_two_orders_of_one_id_the_first_stays_and_the_log_says_which_was_left_out(file: Path) -> None:
    file.write_text(FILE + SECOND.replace("order-2", "order-1").replace("09:00", "15:00"), "utf-8")
    with capture_logs() as logged:
        [order] = OrdersFile(file)().order
    assert order.planned_start.hour == 9
    assert [(line["number"], line["reason"]) for line in logged] == [(2, "its id is that of number 1")]


@pytest.mark.parametrize("left", ["", "\n", "# orders of Monday\n", "\0" * 512])
def test_a_file_that_a_power_cut_left_without_a_word_costs_no_order(file: Path, left: str) -> None:
    running = OrdersFile(file)
    file.write_text(left, "utf-8")
    os.utime(file, ns=(1, 1))
    with capture_logs() as logged:
        for orders in (running(), OrdersFile(file)(), OrdersFile(file)()):
            assert [order.order for order in orders.order] == ["order-1"]
    assert {line["event"] for line in logged} == {"orders_unusable"}
    with pytest.raises(SettingsError):
        read_orders(file)


def test_a_file_that_says_so_orders_nothing_and_neither_does_its_copy(file: Path) -> None:
    running = OrdersFile(file)
    file.write_text("order = []", "utf-8")
    os.utime(file, ns=(1, 1))
    assert running().order == read_orders(file).order == ()
    file.write_bytes(b"")
    assert OrdersFile(file)().order == ()


def test_it_is_read_before_any_screen_asks(file: Path) -> None:
    file.write_bytes(b"?")
    with capture_logs() as logged:
        OrdersFile(file)
    assert logged


@dataclass
class Hand:
    """The hand of a clock."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_file_that_somebody_deleted_takes_its_people_with_it(file: Path) -> None:
    hand = Hand()
    orders, copy = OrdersFile(file, hand), file.with_name(".orders.toml.last")
    file.rename(file.with_suffix(".kept"))
    assert (len(orders().order), people_of(file)) == (1, {"order-1", "caregiver-1", "recipient-1", "护理员甲"})
    hand.now_s = GONE_AFTER_S
    assert (orders(), copy.exists(), people_of(file)) == (Orders(), False, set())
    file.with_suffix(".kept").rename(file)
    assert (len(orders().order), copy.exists()) == (1, True)


def test_a_file_that_an_editor_replaces_was_never_gone(file: Path) -> None:
    hand = Hand()
    orders = OrdersFile(file, hand)
    for _ in range(3):
        file.rename(file.with_suffix(".kept"))
        assert len(orders().order) == 1
        hand.now_s += GONE_AFTER_S - 1
        assert len(orders().order) == 1
        file.with_suffix(".kept").rename(file)
        assert len(orders().order) == 1
        hand.now_s += 2
    assert file.with_name(".orders.toml.last").exists()


def test_a_copy_whose_file_was_deleted_while_no_program_ran_goes_too(file: Path) -> None:
    hand = Hand()
    OrdersFile(file, hand)
    file.unlink()
    orders = OrdersFile(file, hand)
    assert orders() == Orders()
    hand.now_s = GONE_AFTER_S
    assert orders() == Orders()
    assert not [*file.parent.iterdir()]
