"""Documents in TOML that anybody may have written: every figure is finite, for against ``nan`` no bound holds. Pure."""

import tomllib
from math import isfinite
from typing import Any


def read_toml(text: str) -> dict[str, Any]:
    """The document.

    Raises:
        ValueError: it is no TOML, a figure is not finite, or it is nested too deeply to be read.
    """
    try:
        return tomllib.loads(text, parse_float=_finite)
    except RecursionError as cause:
        raise ValueError("it is nested too deeply") from cause


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value
