"""How a moment is written in files. Pure."""

from datetime import tzinfo

from ingest_server.local_days import local


def iso(at_ms: int, zone: tzinfo) -> str:
    """ISO 8601 with milliseconds and the zone's offset, ``Z`` for UTC."""
    return local(at_ms, zone).isoformat(timespec="milliseconds").replace("+00:00", "Z")
