"""Every refusal is told in Chinese first, once, and in one line."""

import inspect
import re

import pytest

from ingest_server import errors
from ingest_server.commands.failures import EXPECTED, told_plainly
from ingest_server.errors import NoVisitsError, RulesError, ServerError, StoreError
from visit_record.bilingual import BilingualError, Words
from visit_record.errors import InvalidCodeError, KeyFileError, OversizedError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ServerError)]
CHINESE = re.compile(r"[\u4e00-\u9fff、，]+")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_error_has_words_of_its_own(kind: type[ServerError]) -> None:
    assert CHINESE.fullmatch(kind.__dict__["zh"])
    assert [other for other in KINDS if other.zh == kind.zh] == [kind]


def told(failure: Exception, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended, told_plainly():
        raise failure
    assert ended.value.code == 1
    return capsys.readouterr().err


TOLD = {
    "rules": (RulesError("it is a draft"), "错误 error: 规则或阈值不被接受 · it is a draft\n"),
    "store": (StoreError("the disk\nis full"), "错误 error: 数据库出错 · the disk is full\n"),
    "Chinese already": (NoVisitsError("没有服务 · no visit"), "错误 error: 没有服务 · no visit\n"),
    "file of a Chinese name": (StoreError("名单.db is full"), "错误 error: 数据库出错 · 名单.db is full\n"),
    "nothing": (ServerError(), "错误 error: 服务器无法继续 · ServerError\n"),
    "of the contract": (KeyFileError("no key"), "错误 error: 密钥文件不可用 · no key\n"),
    "of a code": (
        InvalidCodeError("no site's\ncode", "不是登记码", Words("再显示", "show it again")),
        "错误 error: 不是登记码；再显示 · no site's code; show it again\n",
    ),
    "of a record": (OversizedError("too large"), "错误 error: 记录不被接受 · too large\n"),
    "of the system": (PermissionError(13, "denied"), "错误 error: 系统拒绝了操作 · [Errno 13] denied\n"),
}


@pytest.mark.parametrize(("failure", "line"), TOLD.values(), ids=TOLD)
def test_refusal_is_told_in_chinese_first(failure: Exception, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(failure, capsys) == line


def test_whatever_is_expected_has_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    plain: list[type[Exception]] = [one for one in EXPECTED if not issubclass(one, BilingualError)]
    for kind in plain:
        assert CHINESE.match(told(kind("x"), capsys).removeprefix("错误 error: "))
