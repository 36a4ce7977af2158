"""The broker that the agent speaks to: reached, let in, and told how the device fares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from edge_agent.errors import OutboxError, UplinkError
from edge_agent.selftest.finding import Finding, Step, failed, not_observable, passed
from edge_agent.selftest.reaching import unreached
from visit_record.bilingual import Words
from visit_record.broker import parse_broker
from visit_record.errors import BrokerAddressError

_MEND_ADDRESS = Words(
    '[broker] url 应为 mqtt://主机:端口，如 "mqtt://127.0.0.1:1883"',
    '[broker] url must be mqtt://host:port, as "mqtt://127.0.0.1:1883"',
)
_START_IT = Words(
    "设备上的代理：systemctl status mosquitto；journalctl -u mosquitto -n 20；核对 [broker] url",
    "the broker on the device: systemctl status mosquitto; journalctl -u mosquitto -n 20; check [broker] url",
)
_RIGHTS = Words(
    "代理拒绝了本设备：核对设备编号、机构编号和代理的访问表（server.acl）；journalctl -u mosquitto -n 20",
    "the broker refuses this device: check its id, its agency and the broker's access list (server.acl)",
)
_FIRST_ENROL = Words("先完成登记，再检查", "finish enrolling the device, then look again")


@dataclass(frozen=True)
class BrokerCheck:
    """``say_health`` logs in as the agent does and hands over a word of health; ``None`` where there is no identity."""

    url: str
    say_health: Callable[[], None] | None
    step: ClassVar[Step] = Step.BROKER
    subject: ClassVar[str] = ""

    def look(self) -> Finding:
        """Whether records find a way out of this program."""
        try:
            address = parse_broker(self.url)
        except BrokerAddressError:
            return failed("[broker] url 不是消息代理的地址", "its address is wrong", _MEND_ADDRESS)
        return unreached(address, _START_IT) or self._let_in(str(address))

    def _let_in(self, where: str) -> Finding:
        if self.say_health is None:
            return not_observable(
                f"{where} 有应答；设备未登记，没有登录",
                f"{where} answers; without an identity nobody logged in",
                _FIRST_ENROL,
            )
        try:
            self.say_health()
        except UplinkError as error:
            return failed(f"不能登录：{error.so.zh}", f"no log-in: {error.so.en}", _RIGHTS, {"stage": "log_in"})
        except OutboxError as error:
            zh = f"{where} 有应答；待发箱不可用：{error.said.zh}"
            return not_observable(zh, f"{where} answers; but the outbox: {error}")
        return passed(
            f"{where} 已登录，发出状态和健康信息各一条",
            f"{where} let the device in; its status and a word of its health were handed over",
            {"stage": "said"},
        )
