"""An electrician who reads Chinese learns from the Chinese line what is wrong: see also ``whole_in_chinese``."""

import errno
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

import pytest

from edge_agent.errors import EdgeError, OutboxError, PerceptionError, UplinkError, VaultError
from edge_agent.selftest.bridge_login import _broke_off_zh
from edge_agent.selftest.broker_check import BrokerCheck
from edge_agent.selftest.finding import Finding, Step, Verdict
from edge_agent.selftest.folder_checks import ProgramCheck
from edge_agent.selftest.walk import _SEND_IT_IN, Check, walk
from edge_agent.system_words import why_zh
from tests.edge_agent.broker import free_port
from tests.selftest.chinese import chinese_in, english_in, remedies_in
from tests.selftest.conftest import Fit, Walked
from visit_record.bilingual import Words

ENGLISH = {
    "什么坏了：cannot read /var/x: Permission denied": True,
    "摄像头坏了 (no camera at /dev/video0)": True,
    "什么坏了：Expected `array`, got `object` - at `$.order`": True,
    "无法读取 /tmp/is-not-there/it.toml：没有权限": False,
    "查看：systemctl status mosquitto；核对 [broker] url": False,
    "broker.example 已登录（TLSv1.3），剩余 3.5 MB": False,
}


@pytest.mark.parametrize("line", ENGLISH)
def test_english_reasons_are_told_from_names(line: str) -> None:
    assert (english_in(line) != []) is ENGLISH[line]


BIDS = {
    "坏了（127.0.0.1:1 没有 gpsd：拒绝连接）": False,
    "broken (no gpsd at 127.0.0.1:1 (Connection refused); start it: systemctl start gpsd)": True,
    "broken (no gpsd at 127.0.0.1:1 (Connection refused))": False,
    "broken (picamera2 is not there; apt install python3-picamera2)": True,
    "it does not answer; visits go on, records wait in the outbox": False,
    "待发箱被锁住；请先停止它": True,
    "没有可用的设备密钥；从备份恢复 device.pem": True,
    "另一个见证程序正在使用，请等它结束": True,
    "not enrolled: device.pem is not a private key in PEM form; restore it from its backup": True,
}


@pytest.mark.parametrize("said", BIDS)
def test_what_to_do_is_told_from_what_is_so(said: str) -> None:
    assert (remedies_in(said) != []) is BIDS[said]


def test_what_the_system_says_is_said_in_chinese_by_its_number() -> None:
    numbers = [*errno.errorcode, -2, -3, -5]
    said = [why_zh(OSError(number, os.strerror(abs(number)))) for number in numbers]
    assert [one for one in said if english_in(one) or not any(chinese_in(one))] == []
    assert why_zh(OSError(errno.ENOSPC, "No space left on device")) == "磁盘已满"
    assert why_zh(TimeoutError("timed out")) == "超时"
    assert why_zh(OSError("of no number")) == "详情见英文"


def not_verified(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (not_verified(10), "服务器证书或 ca.crt 已经过期"),
        (not_verified(19), "从 ca.crt 找不到服务器证书的签发机构：机构不对，或服务器没有送中间证书"),
        (not_verified(62), "服务器证书上没有 BROKER_HOST 这个名称"),
        (not_verified(99), "服务器证书不被接受（代码 99），详情见英文"),
        (ssl.SSLError(1, "wrong version number"), "TLS 出错，详情见英文"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "连接被对方中断"),
    ],
)
def test_what_tls_does_not_accept_is_said_by_its_number(error: OSError, said: str) -> None:
    assert _broke_off_zh(error) == said


class Failing:
    """A check that has no better words for what went wrong."""

    step, subject = Step.FOLDER, ""

    def __init__(self, error: EdgeError) -> None:
        self.error = error

    def look(self) -> Finding:
        raise self.error


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (VaultError("it is locked", "被锁住", Words("等它结束", "wait for it")), Words("等它结束", "wait for it")),
        (PerceptionError("it ended"), _SEND_IT_IN),
    ],
)
def test_what_nobody_foresaw_is_told_as_it_says_itself_with_one_remedy(error: EdgeError, remedy: Words) -> None:
    checks: list[Check] = [Failing(error)]
    (looked,) = walk(checks, lambda _check: nullcontext())
    assert (looked.finding.said, looked.finding.remedy) == (error.so, remedy)


def _say(error: EdgeError) -> Callable[[], None]:
    def say() -> None:
        raise error

    return say


def test_a_broker_that_refuses_and_an_outbox_that_is_locked_are_told_in_both(walked: Walked, fit: Fit) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"mqtt://127.0.0.1:{listener.getsockname()[1]}"
        refused = BrokerCheck(url, _say(UplinkError("no rights", "消息代理拒绝设备 device-1"))).look()
        locked = BrokerCheck(url, _say(OutboxError("it is locked", "被锁住，请先停下见证程序"))).look()
    assert refused.said == Words("不能登录：消息代理拒绝设备 device-1", "no log-in: no rights")
    assert locked.verdict is Verdict.NOT_OBSERVABLE
    assert "请先停下见证程序" in locked.said.zh
    fit(f'[broker]\nurl = "mqtt://127.0.0.1:{free_port()}"\n')
    (line,) = walked("broker").lines
    assert "拒绝连接" in line["zh"]


def test_a_device_in_use_is_told_by_whom() -> None:
    said = ProgramCheck(Words("另一个见证程序正在使用 /x", "another edge-agent witnesses in /x")).look().said
    assert said.zh == "本机已被占用：另一个见证程序正在使用 /x"


DAMAGES: Mapping[str, tuple[str, Callable[[Path], object], str]] = {
    "no names": ("identity", lambda folder: (folder / "identity.json").unlink(), "设备名称"),
    "no key": ("identity", lambda folder: (folder / "device.pem").write_text("x"), "没有可用的设备密钥"),
    "no vault": ("roster", lambda folder: (folder / "roster.sealed").write_text("x"), "不是设备密封的文件"),
    "a folder in the roster's place": ("roster", lambda folder: (folder / "roster.sealed").mkdir(), "是文件夹"),
    "a folder in the outbox's place": ("outbox", lambda folder: (folder / "outbox.head.json").mkdir(), ""),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_what_is_damaged_is_named_in_chinese(device: Path, walked: Walked, case: str) -> None:
    step, damage, said = DAMAGES[case]
    damage(device / "device")
    line = walked(step).lines[0]
    assert said in line["zh"], line
    # Over what a device left no enrolment makes another.
    assert "carewitness-enrol" not in (line["do_zh"] or ""), line


SENSORS = {
    '[position]\nserial = "/dev/no-such-line"\n': ("position", "接收器 /dev/no-such-line：不存在"),
    '[position]\nserial = "/dev/null"\n': ("position", "/dev/null 不是串口"),
    '[position]\nserial = "/dev/null"\nbaud = 12345\n': ("position", "串口没有 12345 这个速率"),
    "[position]\nport = 1\n": ("position", "127.0.0.1:1 没有 gpsd：拒绝连接"),
    '[thermal]\nchip = "amg8833"\nbus = 99\n': ("thermal", "没有 I2C 总线 99"),
    '[tamper]\nchip = "/dev/gpiochip-none"\nline = 17\n': ("tamper", "/dev/gpiochip-none 的 17 号线用不了：不存在"),
    '[tamper]\naccelerometer = "none_accel"\n': ("tamper", "内核没有加速度计 none_accel"),
    '[microphone]\ndevice = "nowhere"\n': ("microphone", "麦克风 nowhere 没有声音"),
}


@pytest.mark.parametrize("sections", SENSORS)
def test_a_part_that_is_not_there_is_named_in_chinese_with_its_place(fit: Fit, walked: Walked, sections: str) -> None:
    step, said = SENSORS[sections]
    fit(sections)
    (line,) = walked(step).lines
    assert line["verdict"] == "fail"
    assert said in line["zh"], line
