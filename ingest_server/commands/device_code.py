"""``ingest-server devices code``: where a device belongs, to be held before its camera."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from ingest_server.commands.options import DATA_DIR, DataDir
from ingest_server.data_dir import SERVER_KEY, server_key
from ingest_server.errors import EnrolmentError
from ingest_server.site_page import site_on_terminal, site_page
from visit_record.site_code import SiteCode
from visit_record.site_lines import SiteName

# MQTT over TLS, as site.env has it.
DEFAULT_PORT = 8883
_NAMES = ", ".join(SiteName)
_OPTIONS = {
    SiteName.DEVICE,
    SiteName.AGENCY,
    SiteName.BROKER_HOST,
    SiteName.BROKER_PORT,
    SiteName.TIME_SERVERS,
    SiteName.LATITUDE,
    SiteName.LONGITUDE,
}

Device = Annotated[str, typer.Option("--device", help="设备编号 · The device.")]
Agency = Annotated[str, typer.Option("--agency", help="机构编号 · Its agency.")]
Broker = Annotated[str, typer.Option("--broker", metavar="HOST:PORT", help="消息代理 · The server's broker.")]
TimeServers = Annotated[
    str | None,
    typer.Option("--time-servers", help="对时服务器，以空格隔开 · Servers for the time, with spaces between."),
]
Degrees = Annotated[
    float | None,
    typer.Option(help="住址坐标，WGS 84 度，不是国内地图的 GCJ-02 · The home, WGS 84 degrees; not a Chinese map's."),
]
Others = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="site.env 的其他行 · Another line of site.env, as CAMERA=ribbon."),
]
Authority = Annotated[Path | None, typer.Option("--ca", help="证书机构 · Your authority's certificate, PEM.")]
Certificate = Annotated[
    Path | None, typer.Option("--certificate", help="设备证书，已签发的 · The device's certificate, once it is issued.")
]
Out = Annotated[Path | None, typer.Option("--out", help="网页文件，否则显示在终端 · A page, HTML; else the terminal.")]


def code(  # noqa: PLR0913 - each is a line of site.env, or a file that goes with it
    *,
    device: Device,
    agency: Agency,
    broker: Broker,
    time_servers: TimeServers = None,
    latitude: Degrees = None,
    longitude: Degrees = None,
    others: Others = None,
    ca: Authority = None,
    certificate: Certificate = None,
    out: Out = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """设备登记码 · Codes that tell a device where it belongs; `carewitness-enrol --scan` reads them."""
    _require_page(out)
    host, port = _address(broker)
    lines = {SiteName.DEVICE: device, SiteName.AGENCY: agency, SiteName.BROKER_HOST: host, SiteName.BROKER_PORT: port}
    given = {SiteName.TIME_SERVERS: time_servers, **_place(latitude, longitude), **dict(_named(others or []))}
    site = lines | {name: value for name, value in given.items() if value is not None}
    key = _kept_key(data_dir).public_key().public_bytes_raw()
    made = SiteCode(site, key, tuple(_chain(ca)), tuple(_chain(certificate, device)))
    if out is None:
        typer.echo(site_on_terminal(made))
        return
    page = site_page(made)
    out.write_text(page, encoding="utf-8")
    typer.echo(f"已写入 {out} · {out} is written")


def _kept_key(data_dir: Path) -> Ed25519PrivateKey:
    """Never one that is made here: a device that pinned it would wait for the server's receipts for good."""
    if not (data_dir / SERVER_KEY).exists():
        raise EnrolmentError(f"{data_dir} holds no server's key; name the server's folder by --data-dir")
    return server_key(data_dir)


def _require_page(out: Path | None) -> None:
    if out is not None and out.suffix.lower() != ".html":
        raise EnrolmentError(f"--out {out} would be a page, HTML; name it {out.with_suffix('.html')}")


def _address(broker: str) -> tuple[str, str]:
    try:
        parts = urlsplit(f"//{broker}")
        host, port = parts.hostname, parts.port
    except ValueError as cause:
        raise EnrolmentError(f"--broker {broker}: {cause}; write HOST:PORT") from cause
    if not host or parts.netloc != broker or "@" in broker:
        raise EnrolmentError(f"--broker {broker} is no broker's address; write HOST:PORT")
    # As it was written: what is no port of site.env is refused as one.
    return host, str(DEFAULT_PORT) if port is None else broker.rpartition(":")[2]


def _place(latitude: float | None, longitude: float | None) -> dict[SiteName, str | None]:
    if (latitude is None) != (longitude is None):
        raise EnrolmentError("--latitude and --longitude go together, or neither is given")
    return {SiteName.LATITUDE: _degrees(latitude), SiteName.LONGITUDE: _degrees(longitude)}


def _degrees(value: float | None) -> str | None:
    # 0.1 m; never 1e-05, which site.env does not know.
    return None if value is None else f"{value:.6f}"


def _named(others: list[str]) -> Iterator[tuple[SiteName, str]]:
    seen = set[str]()
    for line in others:
        name, is_line, value = line.partition("=")
        if not is_line or name not in list(SiteName):
            raise EnrolmentError(f"--set {line} is no line of site.env; write NAME=VALUE with one of {_NAMES}")
        if name in _OPTIONS:
            raise EnrolmentError(f"--set {line}: {name} has an option of its own")
        if name in seen:
            raise EnrolmentError(f"--set {line}: {name} is given twice; leave one of the two")
        seen.add(name)
        yield SiteName(name), value


def _chain(file: Path | None, device: str | None = None) -> Iterator[bytes]:
    """The certificates of a PEM file as DER, of which the first is of ``device``, where one is named."""
    if file is None:
        return
    try:
        certificates = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as cause:
        raise EnrolmentError(f"{file} holds no certificate in PEM form: {cause}") from cause
    # The broker knows a device by this name alone.
    if device is not None and certificates[0].subject.rfc4514_string() != f"CN={device}":
        raise EnrolmentError(f"{file} is of {certificates[0].subject.rfc4514_string()}, not of CN={device}")
    yield from (certificate.public_bytes(Encoding.DER) for certificate in certificates)
