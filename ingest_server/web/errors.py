"""Why a request is refused, in the words that its sender is shown.

WebError
├── WrongCursorError       400  the cursor is none that this server gave
├── NotLoggedInError       401  no session, or one that is over
├── NoEvidenceError        403  the role sees no evidence
├── NotAdministratorError  403  the role manages neither people nor devices
├── PasswordFirstError     403  the password was given by somebody else, and is to be changed before anything
├── ReadOnlyTokenError     403  the token only looks
├── CrossSiteError         403  another site's page sent this
├── NotTheirsToEditError   403  the role edits no visit
├── NotFoundError          404  there is no such thing within the viewer's scope
├── OldRulesError          410  a rule set that was written for another version of this program
├── TooLargeError          413  more was sent than any form holds
├── TooManyAttemptsError   429  log-ins failed too often
├── BusyError              503  as many as can be are asking just now
└── IntakeDisconnectedError 503 no record can arrive just now
"""

from typing import ClassVar

from ingest_server.words.bilingual import Words


class WebError(Exception):
    """A refusal, with its HTTP status and its words."""

    status: ClassVar[int] = 400
    words: ClassVar[Words] = Words("请求无法理解。", "The request could not be understood.")


class WrongCursorError(WebError):
    """The cursor is none that this server gave."""

    words = Words("翻页标记无效，请从第一页重新开始。", "The cursor is none of ours; start again from the first page.")


class NotLoggedInError(WebError):
    """No session, or one that is over."""

    status = 401
    words = Words("请先登录。", "Log in first, or send a bearer token that is still good.")


class NoEvidenceError(WebError):
    """The role sees no evidence."""

    status = 403
    words = Words(
        "管理员不查看服务证据；人员与设备在各自的页面管理。",
        "Administrators see no evidence; people and devices are managed on their own pages.",
    )


class NotAdministratorError(WebError):
    """The role manages neither people nor devices."""

    status = 403
    words = Words("人员与设备由管理员管理。", "Administrators manage people and devices; ask one of them.")


class PasswordFirstError(WebError):
    """The password was given by somebody else, and is to be changed before anything."""

    status = 403
    words = Words(
        "您的密码是一次性的，请先在「我的」页设定自己的密码。",
        "Your password is a one-time password; choose your own first, on the page about yourself.",
    )


class ReadOnlyTokenError(WebError):
    """The token only looks."""

    status = 403
    words = Words(
        "此令牌只能查看；要处理或改动，请用另一个令牌。",
        "This token only looks; take another one to decide or change anything.",
    )


class NotTheirsToEditError(WebError):
    """The role edits no visit."""

    status = 403
    words = Words(
        "服务记录由机构主管更正；基金稽核只查看更正。",
        "A supervisor of the agency corrects its visits; the fund looks at what was corrected.",
    )


class CrossSiteError(WebError):
    """Another site's page sent this."""

    status = 403
    words = Words(
        "请求来自其他网站，已拒绝；请从本站页面重试。",
        "This came from another site and was refused; try again from our own page.",
    )


class NotFoundError(WebError):
    """There is no such thing within the viewer's scope; which of the two is not told."""

    status = 404
    words = Words(
        "没有找到，或不在您的查看范围内。",
        "There is no such thing, or it is outside what you may see.",
    )


class OldRulesError(WebError):
    """A rule set that was written for another version of this program."""

    status = 410
    words = Words(
        "这一版规则为其他版本的程序所写，无法在此显示；管理员可用 ingest-server rules show 查看原文。",
        "These rules were written for another version of this program; `ingest-server rules show` prints them.",
    )


class TooLargeError(WebError):
    """More was sent than any form holds."""

    status = 413
    words = Words(
        "发送的内容过大，没有写入；请返回上一页，缩短备注或减少所选。",
        "That was too much at once, and nothing was written; go back, and shorten the note or choose fewer.",
    )


class TooManyAttemptsError(WebError):
    """Log-ins failed too often."""

    status = 429
    words = Words("登录失败次数过多，请五分钟后再试。", "Too many failed log-ins; try again in five minutes.")


class BusyError(WebError):
    """As many as can be are asking just now."""

    status = 503
    words = Words(
        "正在处理其他人的查询或导出，请一分钟后再试。",
        "Others are asking or exporting just now; try again in a minute.",
    )


class IntakeDisconnectedError(WebError):
    """No record can arrive just now; the pages stand all the same."""

    status = 503
    words = Words(
        "接收端与 MQTT 服务器断开，正在重连；新记录在设备上等待。",
        "The intake is disconnected from the broker and tries again; new records wait on their devices.",
    )
