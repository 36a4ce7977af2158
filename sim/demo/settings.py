"""What a demo is asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DemoSettings:
    """What a demo is asked for."""

    folder: Path
    """Folder that the demo may empty and fill."""
    registry: Path
    """Model registry of the devices."""
    broker_url: str | None
    """A broker that runs already; one of our own is started where there is none."""
    broker_port: int
    """TCP port of our own broker."""
    web_port: int
    """TCP port of the pages."""
    seed: int
    """Seed of everything staged."""
    once: bool
    """End with the table, instead of serving until interrupted."""

    @property
    def broker(self) -> str:
        """Address of the broker, whosever it is."""
        return self.broker_url or f"mqtt://127.0.0.1:{self.broker_port}"
