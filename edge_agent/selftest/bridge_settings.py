"""What the device's own Mosquitto is told of the server's broker: read out of its settings, never changed."""

from dataclasses import dataclass
from pathlib import Path

from edge_agent.errors import SettingsError
from edge_agent.system_words import why_zh
from visit_record.broker import BrokerAddress

TLS_PORT = 8883
_NEEDED = ("address", "bridge_cafile", "bridge_certfile", "bridge_keyfile")


@dataclass(frozen=True, slots=True)
class BridgeSettings:
    """Where records go on to, and by which certificate."""

    address: BrokerAddress
    authority: Path
    certificate: Path
    key: Path


def read_bridge(path: Path) -> BridgeSettings:
    """Read a Mosquitto's settings with one bridge, as mosquitto.conf(5) has them.

    Raises:
        SettingsError: missing, or without a bridge over TLS.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as cause:
        raise SettingsError(f"cannot read {path}: {cause}", f"无法读取 {path}：{why_zh(cause)}") from cause
    except UnicodeDecodeError as cause:
        raise SettingsError(f"cannot read {path}: {cause}", f"{path} 不是 UTF-8 文本") from cause
    told = dict(line.split(maxsplit=1) for line in map(str.strip, lines) if " " in line and line[0] != "#")
    missing = [name for name in _NEEDED if name not in told]
    if missing:
        raise SettingsError(
            f"{path} has no {missing[0]}: it describes no bridge over TLS",
            f"{path} 缺少 {missing[0]}：不是一条 TLS 线路",
        )
    return BridgeSettings(_address(told["address"], path), *(Path(told[name].strip()) for name in _NEEDED[1:]))


def _address(said: str, path: Path) -> BrokerAddress:
    host, _, port = said.strip().rpartition(":")
    if not host:
        return BrokerAddress(said.strip(), TLS_PORT)
    if not (port.isascii() and port.isdigit()):
        raise SettingsError(f"{path}: address {said!r} must be host:port", f"{path} 的 address 应为 主机:端口")
    return BrokerAddress(host.strip("[]"), int(port))
