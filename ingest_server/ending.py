"""How the server ends when it is told to: in order, with what is to be done last."""

import signal
from types import FrameType


def end_in_order() -> None:
    """Let SIGTERM end this process by way of what stands under ``finally``; called in the main thread.

    Uvicorn sends itself the signal again once its pages are closed, which by default ends the process on the spot:
    intake would not enter the last of the trail, and no store would be closed.
    """
    signal.signal(signal.SIGTERM, _end)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
