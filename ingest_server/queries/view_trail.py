"""The view of the audit trail, of which each sees what is theirs to see anyway. Data."""

from typing import Final

from ingest_server.queries.columns import Kind, View, ViewColumn
from ingest_server.vocabulary import Deed, Role
from ingest_server.words.bilingual import Words

TRAIL: Final = View(
    "trail",
    Words("留痕", "trail"),
    Words("每个请求一行：谁查看、处理、导出了什么", "a row for each request: who read, decided or exported what"),
    (
        ViewColumn("at", Kind.MOMENT, Words("时间", "at"), Words("服务器时间", "by the server's clock"), leads=True),
        ViewColumn("actor", Kind.ID, Words("人员", "actor"), Words("谁做的", "who did it"), leads=True),
        ViewColumn(
            "role",
            Kind.WORD,
            Words("角色", "role"),
            Words("此人当时的角色；无此人为空", "the actor's role then; empty for a name that nobody has"),
            vocabulary=Role,
            may_be_empty=True,
        ),
        ViewColumn(
            "agency",
            Kind.ID,
            Words("机构", "agency"),
            Words("此人所属机构，基金与管理员为空", "the actor's own agency; empty for the fund's people"),
            may_be_empty=True,
            leads=True,
        ),
        ViewColumn(
            "deed", Kind.WORD, Words("行为", "deed"), Words("做了哪类事", "what kind of deed it was"), vocabulary=Deed
        ),
        ViewColumn("route", Kind.ID, Words("路径", "route"), Words("地址的样式", "the address as a template")),
        ViewColumn("about", Kind.ID, Words("对象", "about"), Words("所请求的地址", "the address that was asked for")),
        ViewColumn(
            "status",
            Kind.COUNT,
            Words("结果", "status"),
            Words("HTTP 状态码，400 及以上为拒绝", "HTTP status, 400 and above refused"),
        ),
        ViewColumn("address", Kind.ID, Words("来自", "address"), Words("网络地址", "where on the network from")),
        ViewColumn("id", Kind.COUNT, Words("序号", "id"), Words("留痕中的序号", "its place in the trail"), leads=True),
    ),
    key=("id",),
    orders=("at",),
)  # fmt: skip
