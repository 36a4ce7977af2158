"""Drawing in a process of its own: vl-convert keeps its interpreter to itself while it draws, 20 to 50 ms a picture, in
which nobody else would be answered.

It reads what to draw from its standard input, and ends with it: also where whoever asks is killed.
"""

import pickle
import subprocess
import sys
import threading
from contextlib import suppress

from ingest_server.charts.chart import Chart, Form
from ingest_server.errors import DrawingError


class Apart:
    """Draws as :func:`ingest_server.charts.drawing.drawn` does, one picture at a time; begun with the first."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def drawn(self, chart: Chart, form: Form, id_: str) -> str:
        """The chart as an ``svg`` element.

        Raises:
            DrawingError: it cannot be drawn, or the process ended over it; the next one begins another.
        """
        with self._turn:
            svg, failure = self._asked((chart, form, id_))
        if failure:
            raise DrawingError(failure)
        return svg

    def close(self) -> None:
        """End the process, if it was begun; whoever waits for a picture of it is told that it ended."""
        process = self._process
        if process is not None:
            process.kill()
        with self._turn:
            self._end()

    def _asked(self, wanted: tuple[Chart, Form, str]) -> tuple[str, str]:
        asking = pickle.dumps(wanted)
        process = self._process = self._process or _begun()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(asking)
            process.stdin.flush()
            svg, failure = pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as cause:
            self._end()
            raise DrawingError("what draws charts has ended") from cause
        return svg, failure

    def _end(self) -> None:
        if self._process is not None:
            # It ends with its input, between two pictures; what broke down may not.
            self._process.kill()
            # Closing its input fails where it was dead before it had read what it was asked.
            with suppress(BrokenPipeError), self._process:
                self._process = None


def _begun() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "ingest_server.charts"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
