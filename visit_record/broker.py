"""The address of an MQTT broker, read alike by device, server and simulator."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from visit_record.errors import BrokerAddressError

DEFAULT_PORT = 1883
LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """The address as it is written."""
        return f"mqtt://{self.host}:{self.port}"


def parse_broker(url: str) -> BrokerAddress:
    """Read ``mqtt://host:port``; the port may be left out.

    Raises:
        BrokerAddressError: it is not such an address.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as cause:
        raise BrokerAddressError(f"not a broker's address, {cause}; write mqtt://host:port") from cause
    # A password here would end in logs, and would not be used: certificates say who connects.
    if parts.username or parts.password:
        raise BrokerAddressError("a broker's address takes no user or password; write mqtt://host:port")
    if parts.scheme != "mqtt" or not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise BrokerAddressError(f"not a broker's address: {url!r}; write mqtt://host:port")
    # 0 is no port to reach anybody at, and 007 a slip.
    if port == 0 or not parts.netloc.endswith("" if port is None else f":{port}"):
        raise BrokerAddressError(
            f"not a broker's address: {url!r}; its port is 1 to {LAST_PORT}, and does not begin with 0"
        )
    return BrokerAddress(host, DEFAULT_PORT if port is None else port)
