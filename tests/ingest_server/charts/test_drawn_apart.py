"""Charts drawn in a process of their own: the same pictures, whatever befalls it, and nothing left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from ingest_server.charts.apart import Apart
from ingest_server.charts.bars import Bar, DayBars
from ingest_server.charts.chart import Form
from ingest_server.charts.drawing import drawn
from ingest_server.errors import DrawingError
from ingest_server.page_server import app_over
from ingest_server.settings import ServerSettings
from ingest_server.store.database import Database
from ingest_server.web.drawings import FIRST
from ingest_server.web.figures import Figures
from tests.ingest_server.web.test_drawings import UNDRAWABLE, chart
from tests.whole import await_true


@pytest.fixture
def apart() -> Iterator[Apart]:
    found = Apart()
    yield found
    found.close()


def test_pictures_are_those_that_are_drawn_here(apart: Apart) -> None:
    shown = DayBars("一天 <b>", "desc", (Bar("09-21", 2.0, 1.0),))
    for form in Form:
        assert apart.drawn(shown, form, "a") == drawn(shown, form, "a")


def test_chart_that_cannot_be_drawn_is_told_why_and_the_next_is_drawn(apart: Apart) -> None:
    with pytest.raises(DrawingError, match="ValueError"):
        apart.drawn(UNDRAWABLE, Form.WIDE, "a")
    assert apart.drawn(chart(1), Form.WIDE, "a").endswith("</svg>")


def test_process_that_was_killed_costs_one_picture(apart: Apart) -> None:
    apart.drawn(chart(1), Form.WIDE, "a")
    (child,) = drawing_children(os.getpid())
    os.kill(child, signal.SIGKILL)
    # Dead, and not yet buried: what it is asked is never read.
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    with pytest.raises(DrawingError, match="has ended"):
        apart.drawn(chart(1), Form.WIDE, "a")
    assert not is_there(child)
    assert apart.drawn(chart(1), Form.WIDE, "a") == drawn(chart(1), Form.WIDE, "a")


def test_it_ends_with_the_server_and_nothing_begins_it_again(tmp_path: Path) -> None:
    settings = ServerSettings(data_dir=tmp_path, broker_url="", database_url="sqlite://")
    key, figures = Ed25519PrivateKey.generate(), Figures.of_one_process()
    app = app_over(settings, Database("sqlite://"), key, figures, lambda: True)
    drawings = app.state.parts.drawings
    with TestClient(app):
        drawings.of("place", FIRST[0], "a", 0)
        drawings.draw()
        (child,) = drawing_children(os.getpid())
    assert not is_there(child)
    drawings.warm()
    drawings.draw()
    assert drawing_children(os.getpid()) == []


ASKING = """
import time
from ingest_server.charts.apart import Apart
from ingest_server.charts.bars import Bar, DayBars
from ingest_server.charts.chart import Form
Apart().drawn(DayBars("title", "desc", (Bar("09-21", 1.0, 0.0),)), Form.WIDE, "a")
print("drawn", flush=True)
time.sleep(60)
"""


def test_it_ends_with_whoever_asks_even_where_they_are_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ASKING], stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        assert asking.stdout.readline() == "drawn\n"
        (child,) = drawing_children(asking.pid)
        asking.kill()
    await_true(lambda: not is_there(child))


def drawing_children(parent: int) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=True)
    return [int(line.split()[0]) for line in told.stdout.splitlines() if "ingest_server.charts" in line]


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_server_that_shows_pages_loads_nothing_that_draws() -> None:
    code = "import sys, ingest_server.page_server; sys.exit(bool({'altair', 'vl_convert'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
