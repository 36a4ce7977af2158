"""The command line called as an operator calls it, inside the test's own process."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from edge_agent.cli import program
from edge_agent.commands.failure import run


@dataclass(frozen=True)
class Called:
    """Exit status and what was printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def call(capsys: pytest.CaptureFixture[str], *args: object) -> Called:
    with pytest.raises(SystemExit) as ended:
        run(lambda: program()([str(arg) for arg in args]))
    printed = capsys.readouterr()
    status = ended.value.code
    assert isinstance(status, int)
    assert "Traceback" not in printed.err
    return Called(status, printed.out, printed.err)
