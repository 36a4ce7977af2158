"""What a visit is billed at, as data: yuan an hour by date and disability level, and the fund's part of it.

Money is counted in whole fen (a hundredth of a yuan), so that sums are exact.
"""

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from ingest_server.errors import TariffError, TimeZoneError
from ingest_server.local_days import begins_ms, zone_named
from visit_record.first_use import known

Level = Annotated[int, Meta(ge=0, le=6)]


class Rate(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Yuan an hour from a date on; ``level`` is the disability level, ``None`` for every level without its own."""

    from_: date
    yuan_an_hour: Annotated[float, Meta(gt=0, le=10_000)]
    basis: Annotated[str, Meta(min_length=1)]
    level: Level | None = None


class Tariff(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole tariff; ``fund_share`` is the part that the fund pays."""

    version: Annotated[str, Meta(min_length=1, max_length=64)]
    fund_share: Annotated[float, Meta(gt=0, le=1)]
    most_hours_a_visit: Annotated[float, Meta(gt=0, le=24)]
    time_zone: str
    rate: Annotated[tuple[Rate, ...], Meta(min_length=1)]

    def billed_fen(self, at_ms: int, billed_s: float, level: int | None) -> int:
        """What a visit of that time, length and disability level is billed at; 0 before the first rate."""
        begun = (rate for rate in self.rate if _begins_ms(rate.from_, self.time_zone) <= at_ms)
        rate = max((rate for rate in begun if rate.level in {None, level}), key=_precedence, default=None)
        hours = min(billed_s / 3600, self.most_hours_a_visit)
        return 0 if rate is None else round(100 * rate.yuan_an_hour * hours)


def parse_tariff(text: str) -> Tariff:
    """Read a tariff in TOML.

    Raises:
        TariffError: naming what is malformed, missing or there twice.
    """
    try:
        tariff = msgspec.convert(tomllib.loads(text), known(Tariff))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as cause:
        raise TariffError(f"the tariff cannot be read: {cause}") from cause
    except RecursionError as cause:
        raise TariffError("the tariff cannot be read: it is nested too deeply") from cause
    for problem in _problems(tariff):
        raise TariffError(f"tariff {tariff.version}: {problem}")
    return tariff


def shipped_tariff() -> Tariff:
    """The example that ships with this version.

    Raises:
        TariffError: as :func:`parse_tariff`.
    """
    return parse_tariff(files("ingest_server.authenticity").joinpath("tariff.toml").read_text("utf-8"))


# The dates are compared, and not the visits': a clock that runs in the year 9999 has no date east of Greenwich.
@cache
def _begins_ms(day: date, zone: str) -> int:
    return begins_ms(day, ZoneInfo(zone))


def _precedence(rate: Rate) -> tuple[bool, date]:
    return rate.level is not None, rate.from_


def _problems(tariff: Tariff) -> Iterator[str]:
    try:
        zone_named(tariff.time_zone)
    except TimeZoneError as problem:
        yield str(problem)
    if all(rate.level is not None for rate in tariff.rate):
        yield "one rate must be without a level, for recipients whose level is not known"
    seen = [(rate.from_, rate.level) for rate in tariff.rate]
    for place, key in enumerate(seen):
        if key in seen[:place]:
            level = "every level" if key[1] is None else f"level {key[1]}"
            yield f"there are two rates from {key[0]} for {level}"
    for rate in tariff.rate:
        if round(100 * rate.yuan_an_hour, 6) % 1:
            yield f"{rate.yuan_an_hour} yuan an hour from {rate.from_} is no whole number of fen"
