"""Where a model is fetched: the public source of the registry, or a mirror inside a closed network."""

from ipaddress import ip_address
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from edge_agent.errors import PullError
from edge_agent.perception.model_registry import PublicSource
from visit_record.bilingual import Words

# Leads on to wherever the file really lies: large ones are kept apart from their repository.
_PUBLIC = "https://github.com/{repository}/raw/{commit}/{path}"


def address_of(public: PublicSource, file: str, mirror: str | None = None) -> str:
    """The file's address: at its public source, or by its bare name under the mirror's address.

    Raises:
        PullError: the mirror's address is not safe.
    """
    if mirror is None:
        return _PUBLIC.format(repository=public.repository, commit=public.commit, path=quote(public.path))
    require_safe(mirror)
    return f"{mirror.rstrip('/')}/{quote(PurePosixPath(file).name)}"


_AS_HTTPS = Words("请给出 https://主机/文件夹", "give https://host/folder")


def require_safe(address: str) -> None:
    """Refuse what anybody on the way could read or change: only HTTPS leaves this machine.

    Raises:
        PullError: no address, or neither HTTPS nor HTTP to this machine itself.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as cause:
        raise PullError(f"{address!r} is no address: {cause}", f"{address!r} 不是地址", _AS_HTTPS) from cause
    # A password would stand in every error and log.
    if not host or parts.username is not None or not address.isprintable():
        raise PullError(
            "not an address to fetch from, or one with a name in it", "不是可下载的地址，或地址里写了用户名", _AS_HTTPS
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(host)):
        raise PullError(
            f"{address} is not fetched: only https leaves this machine",
            f"{address} 不下载：本机只用 https 取文件",
            Words("请给出 https 地址", "give an https address"),
        )


def is_this_machine(host: str) -> bool:
    """Whether a host is the loopback interface, by number or as ``localhost``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(address: str) -> str:
    """The host of an address, for whoever must open a firewall."""
    return urlsplit(address).hostname or address
