"""The ground that a demo stands on: free ports, a broker that answers, an empty folder."""

import shutil
from pathlib import Path

from sim.demo.children import answers, require_free
from sim.demo.settings import DemoSettings
from sim.errors import DemoError
from visit_record.broker import parse_broker
from visit_record.errors import BrokerAddressError

MARK = "carewitness-demo"


def prepare(settings: DemoSettings) -> None:
    """Hold what the demo needs to be there, and empty its folder.

    Raises:
        DemoError: a port is taken, the broker does not answer, or the folder is not ours.
    """
    require_free(settings.web_port, "WEB_PORT=…")
    if settings.broker_url is None:
        require_free(settings.broker_port, "BROKER_PORT=…")
    else:
        _require_broker(settings.broker_url)
    _make_empty(settings.folder)


def _make_empty(folder: Path) -> None:
    """Begin anew where an earlier demo left its files; a folder of anything else is not ours to empty."""
    mark = folder / MARK
    try:
        if folder.exists() and any(folder.iterdir()) and not mark.exists():
            raise DemoError(f"{folder} holds files of something else; name another folder")
        if folder.exists():
            shutil.rmtree(folder)
        (folder / "devices").mkdir(parents=True)
        mark.touch()
    except OSError as cause:
        raise DemoError(f"cannot make {folder}: {cause.strerror}; name another folder") from cause


def _require_broker(url: str) -> None:
    try:
        broker = parse_broker(url)
    except BrokerAddressError as cause:
        raise DemoError(str(cause)) from cause
    if not answers(broker.host, broker.port):
        raise DemoError(f"no broker answers at {broker}; start it, or leave BROKER out")
