"""The line on to the server's broker: certificates with their days, the handshake, the log-in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.x509.oid import NameOID

from edge_agent.errors import SettingsError, UplinkError
from edge_agent.selftest.bridge_login import Shaken, log_in, shake_hands, tls_context
from edge_agent.selftest.bridge_settings import BridgeSettings, read_bridge
from edge_agent.selftest.finding import Finding, Measured, Step, failed, not_observable, passed
from edge_agent.selftest.reaching import unreached
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words

RENEW_BEFORE_DAYS = 30
_DAY_MS = 86_400_000

_ENROL = Words(
    "重新运行 sudo carewitness-enrol /mnt（U 盘上要有设备证书 .crt 和 ca.crt）",
    "run sudo carewitness-enrol /mnt again, with the device's .crt and ca.crt on the stick",
)
_RENEW = Words(
    "请管理员用 DEVICE.csr 签发新证书，然后 sudo carewitness-enrol /mnt",
    "let the administrator issue a new certificate for DEVICE.csr, then sudo carewitness-enrol /mnt",
)
_LINE = Words(
    "检查网线、路由器和 site.env 的 BROKER_HOST、BROKER_PORT；sudo nft list set inet carewitness broker4 应有其地址",
    "check the cable, the router, BROKER_HOST and BROKER_PORT in site.env; sudo nft list set inet carewitness broker4 "
    "must have its address",
)
_OTHER_SERVER = Words(
    "核对 ca.crt 是否为服务器所用的证书机构、BROKER_HOST 是否与服务器证书一致、时钟是否正确",
    "check that ca.crt is the authority of the server's certificate, that BROKER_HOST is a name in it, and the clock",
)
_NOT_LET_IN = Words(
    "请管理员查看：证书是否被吊销、代理的日志；撤销过的设备要重新登记",
    "ask the administrator whether the certificate was revoked; a device that was is enrolled anew",
)
_AS_MOSQUITTO = Words(
    "以 mosquitto 的身份再查：sudo carewitness-selftest --only bridge",
    "look again as mosquitto, who may read it: sudo carewitness-selftest --only bridge",
)


@dataclass(frozen=True)
class BridgeCheck:
    """``config`` is the settings of the device's own Mosquitto; ``now_ms`` the wall clock, UTC."""

    config: Path
    now_ms: Callable[[], int]
    step: ClassVar[Step] = Step.BRIDGE
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """Whether records get on from this device."""
        try:
            bridge = read_bridge(self.config)
        except SettingsError as error:
            return failed(f"代理设置有误：{error.so.zh}", f"the broker's settings are wrong: {error.so.en}", _ENROL)
        try:
            certificate = x509.load_pem_x509_certificate(bridge.certificate.read_bytes())
        except PermissionError as error:
            return not_observable(f"无权读取 {error.filename}", f"{error.filename} may not be read", _AS_MOSQUITTO)
        except OSError as error:
            zh = f"没有可用的设备证书：{error.filename} {why_zh(error)}"
            return failed(zh, f"there is no certificate to use ({error})", _ENROL)
        except ValueError as error:
            zh = f"没有可用的设备证书：{bridge.certificate} 不是证书"
            return failed(zh, f"there is no certificate to use ({error})", _ENROL)
        return self._by_certificate(bridge, certificate)

    def _by_certificate(self, bridge: BridgeSettings, certificate: x509.Certificate) -> Finding:
        days = self._days_until(certificate.not_valid_after_utc)
        measured: Measured = {"certificate_days": days}
        if days < 0:
            return failed(f"设备证书已过期 {-days} 天", f"the certificate expired {-days} days ago", _RENEW, measured)
        return unreached(bridge.address, _LINE) or self._through(bridge, _device_of(certificate), measured)

    def _through(self, bridge: BridgeSettings, device: str, measured: Measured) -> Finding:
        try:
            context = tls_context(bridge)
        except PermissionError:
            return not_observable(
                f"{bridge.address.host} 有应答，设备证书还有 {measured['certificate_days']} 天；无权读取私钥，没有登录",
                f"{bridge.address.host} answers, the certificate has {measured['certificate_days']} days left; its key "
                "may not be read, so that nobody logged in",
                _AS_MOSQUITTO,
                measured,
            )
        except UplinkError as error:
            return failed(f"证书不可用：{error.so.zh}", error.so.en, _ENROL, measured)
        try:
            shaken = shake_hands(bridge, context)
        except UplinkError as error:
            return failed(f"TLS 握手失败：{error.so.zh}", error.so.en, _OTHER_SERVER, {**measured, "stage": "tls"})
        try:
            log_in(bridge, context, device)
        except UplinkError as error:
            return failed(f"服务器不让登录：{error.so.zh}", error.so.en, _NOT_LET_IN, {**measured, "stage": "log_in"})
        return self._well(bridge, shaken, measured)

    def _well(self, bridge: BridgeSettings, shaken: Shaken, measured: Measured) -> Finding:
        days, server_days = measured["certificate_days"], self._days_until(shaken.server_until)
        due = min(int(days or 0), server_days) < RENEW_BEFORE_DAYS
        return passed(
            f"{bridge.address.host} 已登录（{shaken.version}）；证书剩余：设备 {days} 天，服务器 {server_days} 天",
            f"{bridge.address.host} let the device in ({shaken.version}); its certificate has {days} days left, the "
            f"server's {server_days}",
            {**measured, "server_certificate_days": server_days, "tls": shaken.version, "stage": "let_in"},
            _RENEW if due else None,
        )

    def _days_until(self, moment: datetime) -> int:
        return int((moment.timestamp() * 1000 - self.now_ms()) // _DAY_MS)


def _device_of(certificate: x509.Certificate) -> str:
    """The common name: by it the broker knows the device."""
    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else "device"
