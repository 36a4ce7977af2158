"""Whether a name has an address, and whether anybody listens there."""

import socket

from edge_agent.selftest.finding import Finding, Measured, failed
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words
from visit_record.broker import BrokerAddress

PATIENCE_S = 5.0


def unreached(address: BrokerAddress, nobody_listens: Words) -> Finding | None:
    """Why nobody is reached; ``None`` where somebody is. Work goes on offline in any case, which is said."""
    measured: Measured = {"host": address.host, "port": address.port}
    try:
        socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        return failed(
            f"名称 {address.host} 没有地址（{why_zh(error)}）；服务照常，记录留在待发箱",
            f"the name {address.host} has no address ({error.strerror or error}); visits go on, records wait",
            _NO_NAME,
            {**measured, "stage": "name"},
        )
    try:
        socket.create_connection((address.host, address.port), PATIENCE_S).close()
    except OSError as error:
        return failed(
            f"{address.host}:{address.port} 无人应答（{why_zh(error)}）；服务照常，记录留在待发箱",
            f"{address.host}:{address.port} does not answer ({error.strerror or error}); visits go on, records wait in "
            "the outbox",
            nobody_listens,
            {**measured, "stage": "reach"},
        )
    return None


_NO_NAME = Words(
    "检查网线和名称是否写对（site.env 的 BROKER_HOST）；getent hosts 该名称；也可直接写地址",
    "check the line and the name (BROKER_HOST in site.env); getent hosts NAME; an address does without names",
)
