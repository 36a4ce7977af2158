"""Documents in TOML whose every figure is finite: against ``nan`` no bound holds. Pure."""

import tomllib
from math import isfinite
from typing import Any


def read_toml(text: str) -> dict[str, Any]:
    """The document.

    Raises:
        ValueError: it is no TOML, or a figure is not finite.
    """
    return tomllib.loads(text, parse_float=_finite)


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value
