"""What an operator sets, each with its unit."""

from dataclasses import dataclass
from pathlib import Path

DATABASE_FILE = "carewitness.db"


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Settings of one server."""

    data_dir: Path
    """Folder of the server's key, and of the database unless another is named."""
    broker_url: str
    """MQTT broker, ``mqtt://host:port``."""
    database_url: str
    """SQLAlchemy address of the database."""
    host: str = "127.0.0.1"
    """Address that the pages are served on; the local one, unless a proxy with TLS stands before it."""
    port: int = 8080
    """TCP port of the pages."""
    page_processes: int = 1
    """Processes that serve the pages; with one, it is the same that takes records in."""
    client_id: str = "ingest-server"
    """MQTT client id: the broker keeps this client's undelivered records while it is down."""
    behind_proxy: bool = False
    """Whether a proxy on this machine tells the visitor's address and scheme in X-Forwarded headers."""
    time_zone: str = "Asia/Shanghai"
    """IANA time zone of the screens."""


def default_database_url(data_dir: Path) -> str:
    """SQLite in the data folder."""
    return f"sqlite:///{data_dir / DATABASE_FILE}"
