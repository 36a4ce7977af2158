"""A tariff that is not whole is refused with what is wrong; what it says is what is billed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_server.authenticity.tariff import parse_tariff, shipped_tariff
from ingest_server.errors import TariffError

HEAD = 'version = "t-1"\nfund_share = 0.9\nmost_hours_a_visit = 8.0\ntime_zone = "Asia/Shanghai"\n'
ALL = '[[rate]]\nfrom = 2026-01-01\nyuan_an_hour = 65.0\nbasis = "a notice"\n'
LEVEL_5 = '[[rate]]\nfrom = 2025-01-01\nlevel = 5\nyuan_an_hour = 80.5\nbasis = "a notice"\n'
LATER = '[[rate]]\nfrom = 2027-01-01\nyuan_an_hour = 70.0\nbasis = "another notice"\n'
# 2026-01-01 00:00 in Shanghai.
NEW_YEAR_MS = 1_767_196_800_000
HOUR_S = 3600.0

REFUSED: dict[str, tuple[str, str]] = {
    "no TOML": ("version = ", "cannot be read"),
    "nested without end": ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    "no rate": (HEAD + "rate = []", "rate"),
    "nothing for an unknown level": (HEAD + LEVEL_5, "without a level"),
    "one rate twice": (HEAD + ALL + ALL, "two rates from 2026-01-01 for every level"),
    "one level twice": (HEAD + ALL + LEVEL_5 + LEVEL_5, "two rates from 2025-01-01 for level 5"),
    "free of charge": (HEAD + ALL.replace("65.0", "0.0"), "yuan_an_hour"),
    "negative": (HEAD + ALL.replace("65.0", "-65.0"), "yuan_an_hour"),
    "not a number": (HEAD + ALL.replace("65.0", "nan"), "yuan_an_hour"),
    "less than a fen": (HEAD + ALL.replace("65.0", "65.001"), "whole number of fen"),
    "fund pays more than all": (HEAD.replace("0.9", "1.1") + ALL, "fund_share"),
    "no such level": (HEAD + ALL + LEVEL_5.replace("5\n", "7\n"), "level"),
    "no such zone": (HEAD.replace("Shanghai", "Nowhere") + ALL, "Asia/Nowhere"),
    "no basis": (HEAD + ALL.replace("a notice", ""), "basis"),
    "unknown word": (HEAD + "discount = 1\n" + ALL, "discount"),
    "no date": (HEAD + ALL.replace("2026-01-01", '"soon"'), "from"),
    "endless visits": (HEAD.replace("8.0", "inf") + ALL, "most_hours_a_visit"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_tariff_is_refused_with_what_is_wrong(case: str) -> None:
    text, said = REFUSED[case]
    with pytest.raises(TariffError, match=said):
        parse_tariff(text)


def test_rate_of_the_day_and_level_is_billed() -> None:
    tariff = parse_tariff(HEAD + ALL + LEVEL_5 + LATER)
    assert tariff.billed_fen(NEW_YEAR_MS, HOUR_S, None) == 6500
    assert tariff.billed_fen(NEW_YEAR_MS, HOUR_S, 3) == 6500
    assert tariff.billed_fen(NEW_YEAR_MS, HOUR_S, 5) == 8050
    assert tariff.billed_fen(NEW_YEAR_MS + 365 * 86_400_000, 2 * HOUR_S, 3) == 14_000


def test_new_rate_begins_at_midnight_of_the_region() -> None:
    tariff = parse_tariff(HEAD + ALL)
    assert tariff.billed_fen(NEW_YEAR_MS, HOUR_S, None) == 6500
    assert tariff.billed_fen(NEW_YEAR_MS - 1, HOUR_S, None) == 0


def test_absurd_length_is_billed_for_a_days_work_at_most() -> None:
    assert parse_tariff(HEAD + ALL).billed_fen(NEW_YEAR_MS, 31_622_400.0, None) == 8 * 6500


@given(at_ms=st.integers(0, 253_402_300_799_999), duration_s=st.floats(0, 31_622_400))
def test_every_time_and_length_that_a_record_may_have_is_priced(at_ms: int, duration_s: float) -> None:
    assert 0 <= shipped_tariff().billed_fen(at_ms, duration_s, 4) <= 8 * 6500
