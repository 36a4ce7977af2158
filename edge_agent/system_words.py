"""What the system says of a failure, in Chinese: by its number, since its own words are English. Pure."""

import errno
import socket
from collections.abc import Mapping
from types import MappingProxyType

from visit_record.bilingual import Words

PATH_AND_RIGHTS = Words("核对路径和权限", "check its path and its rights")
RIGHTS_AND_ROOM = Words("核对权限和磁盘空间", "check the rights and the room on the disk")
_SAID: Mapping[int, str] = MappingProxyType(
    {
        errno.ENOENT: "不存在",
        errno.EACCES: "没有权限",
        errno.EPERM: "没有权限",
        errno.EISDIR: "是文件夹，不是文件",
        errno.ENOTDIR: "路径中有一段不是文件夹",
        errno.EEXIST: "已经存在",
        errno.ENOSPC: "磁盘已满",
        errno.EDQUOT: "磁盘配额已满",
        errno.EFBIG: "文件过大",
        errno.EROFS: "磁盘只读",
        errno.EIO: "读写出错",
        errno.EREMOTEIO: "设备没有应答",
        errno.EINVAL: "参数不被接受",
        errno.EBUSY: "正被占用",
        errno.ENODEV: "没有这个设备",
        errno.ENXIO: "没有这个设备",
        errno.EADDRINUSE: "端口已被占用",
        errno.ECONNREFUSED: "拒绝连接，没有程序在听",
        errno.ECONNRESET: "连接被对方中断",
        errno.ECONNABORTED: "连接中断",
        errno.EPIPE: "连接被对方中断",
        errno.ETIMEDOUT: "超时",
        errno.EHOSTUNREACH: "到不了该地址",
        errno.ENETUNREACH: "没有网络",
        errno.ENETDOWN: "网络没有启用",
        # getaddrinfo(3) counts below zero.
        socket.EAI_NONAME: "没有这个名称",
        socket.EAI_NODATA: "没有这个名称",
        socket.EAI_AGAIN: "域名服务器暂时查不到",
        socket.EAI_FAIL: "域名服务器拒绝查询",
    }
)


def why_zh(error: OSError) -> str:
    """Why the system refused; the number where it has no words here."""
    if isinstance(error, TimeoutError):
        return _SAID[errno.ETIMEDOUT]
    if error.errno is None:
        return "详情见英文"
    return _SAID.get(error.errno, f"系统错误 {error.errno}，详情见英文")
