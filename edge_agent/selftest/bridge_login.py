"""The way to the server's broker, tried as the bridge goes it: TLS with the device's certificate, then MQTT."""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.errors import UplinkError
from edge_agent.mqtt_session import CONNECT_TIMEOUT_S
from edge_agent.selftest.bridge_settings import BridgeSettings
from edge_agent.system_words import why_zh

# X509_V_ERR_…, <openssl/x509_vfy.h>. Of a chain it does not say whose certificate it is.
_UNVERIFIED: Mapping[int, str] = {
    9: "服务器证书或 ca.crt 还没有生效：查看时钟",
    10: "服务器证书或 ca.crt 已经过期",
    **dict.fromkeys((18, 19, 20, 21), "从 ca.crt 找不到服务器证书的签发机构：机构不对，或服务器没有送中间证书"),
    23: "服务器证书已被吊销",
    62: "服务器证书上没有 BROKER_HOST 这个名称",
    64: "服务器证书上没有 BROKER_HOST 这个地址",
}

# Not the bridge's own id: whoever logs in with that throws the bridge out.
_CLIENT = "{0}-selftest"


@dataclass(frozen=True, slots=True)
class Shaken:
    """A handshake that was made: TLS version, and until when the server's certificate is valid."""

    version: str
    server_until: datetime


def tls_context(bridge: BridgeSettings) -> ssl.SSLContext:
    """Trusts the site's authority alone, and shows the device's certificate where its key may be read.

    Raises:
        UplinkError: the authority's file or the certificate is none.
        PermissionError: the key may not be read.
    """
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(bridge.authority)
        bridge.key.read_bytes()
        context.load_cert_chain(bridge.certificate, bridge.key)
    except PermissionError:
        raise
    except (OSError, ssl.SSLError) as cause:
        raise UplinkError(
            f"the certificate or its authority cannot be used ({cause})", _unusable(bridge, cause)
        ) from cause
    return context


def shake_hands(bridge: BridgeSettings, context: ssl.SSLContext) -> Shaken:
    """Make the handshake, and break off.

    Raises:
        UplinkError: the server is not who it should be, or breaks off.
    """
    where = bridge.address.host, bridge.address.port
    try:
        with (
            socket.create_connection(where, CONNECT_TIMEOUT_S) as plain,
            context.wrap_socket(plain, server_hostname=bridge.address.host) as line,
        ):
            until = ssl.cert_time_to_seconds(str((line.getpeercert() or {})["notAfter"]))
            return Shaken(line.version() or "", datetime.fromtimestamp(until, UTC))
    except (OSError, ssl.SSLError) as cause:
        raise UplinkError(f"no TLS with {bridge.address.host}: {_reason(cause)}", _broke_off_zh(cause)) from cause


def log_in(bridge: BridgeSettings, context: ssl.SSLContext, device: str) -> None:
    """Be let in as the device, and go again; nothing is published.

    Raises:
        UplinkError: the broker does not let it in.
    """
    with _client(context, device) as (client, codes):
        try:
            client.connect(bridge.address.host, bridge.address.port, 30)
            _await(client, codes)
        except (OSError, ssl.SSLError) as cause:
            raise UplinkError(f"the broker broke off: {_reason(cause)}", _broke_off_zh(cause)) from cause
    if not codes:
        raise UplinkError(
            "the broker broke off before it let the device in: it may have revoked its certificate",
            "登录前连接就被中断：证书可能已被吊销",
        )
    if codes[0].is_failure:
        raise UplinkError(f"the broker says: {codes[0]}", f"服务器拒绝登录（代码 {codes[0].value}）")


@contextmanager
def _client(context: ssl.SSLContext, device: str) -> Iterator[tuple[mqtt.Client, list[ReasonCode]]]:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, _CLIENT.format(device), protocol=mqtt.MQTTv311)
    codes: list[ReasonCode] = []
    client.on_connect = lambda _client, _data, _flags, code, _properties: codes.append(code)
    client.tls_set_context(context)
    client.connect_timeout = CONNECT_TIMEOUT_S
    try:
        yield client, codes
    finally:
        client.disconnect()


def _await(client: mqtt.Client, codes: list[ReasonCode]) -> None:
    give_up_at_s = time.monotonic() + CONNECT_TIMEOUT_S
    while not codes and time.monotonic() < give_up_at_s:
        if client.loop(0.1) != mqtt.MQTT_ERR_SUCCESS:
            return


def _unusable(bridge: BridgeSettings, cause: OSError) -> str:
    if isinstance(cause, ssl.SSLError):
        return f"{bridge.authority} 不是证书，或 {bridge.certificate} 与私钥 {bridge.key} 不是一对"
    return f"{cause.filename or bridge.authority} {why_zh(cause)}"


def _broke_off_zh(cause: OSError) -> str:
    """What OpenSSL verifies it numbers; of the rest of TLS it says only words."""
    match cause:
        case ssl.SSLCertVerificationError():
            return _UNVERIFIED.get(cause.verify_code, f"服务器证书不被接受（代码 {cause.verify_code}），详情见英文")
        case ssl.SSLError():
            return "TLS 出错，详情见英文"
        case _:
            return why_zh(cause)


def _reason(cause: OSError) -> str:
    return getattr(cause, "verify_message", "") or cause.strerror or str(cause)
