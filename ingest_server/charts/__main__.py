"""Draws what it reads from its standard input, until that ends; :mod:`ingest_server.charts.apart` asks."""

import os
import pickle
import sys
import traceback
from typing import IO

from ingest_server.charts.drawing import drawn

# Answers go before pictures, which nobody waits for.
NICENESS = 10


def draw(asked: IO[bytes], told: IO[bytes]) -> None:
    """Answer each ``(chart, form, id_)`` with its picture, or with why there is none: ``(svg, failure)``."""
    while True:
        try:
            chart, form, id_ = pickle.load(asked)
        except EOFError:
            return
        try:
            found = drawn(chart, form, id_), ""
        except Exception:  # noqa: BLE001 - whoever asked is told
            found = "", traceback.format_exc()
        pickle.dump(found, told)
        told.flush()


if __name__ == "__main__":
    os.nice(NICENESS)
    draw(sys.stdin.buffer, sys.stdout.buffer)
