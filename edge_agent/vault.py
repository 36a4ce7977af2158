"""Files that only this device can read, each sealed by :mod:`edge_agent.rest_seal` under a purpose of its own."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.errors import VaultError
from edge_agent.rest_seal import MAGIC, RestSeal
from edge_agent.system_words import why_zh
from edge_agent.whole_files import OWNER_ALONE, alone_in, remove, write_whole
from visit_record.bilingual import Words


@dataclass(frozen=True)
class Vault:
    """One sealed file. Templates lie in such files: neither content nor key is ever printed."""

    path: Path
    purpose: str
    key: Ed25519PrivateKey = field(repr=False)
    entropy: Callable[[int], bytes] = os.urandom

    def read(self) -> bytes | None:
        """The content; ``None`` where nothing was ever sealed.

        Raises:
            VaultError: another device sealed it, it was altered, or it cannot be read.
        """
        try:
            sealed = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as cause:
            raise VaultError(
                f"cannot read {self.path}: {cause.strerror}", f"无法读取 {self.path}：{why_zh(cause)}"
            ) from cause
        if not sealed.startswith(MAGIC):
            raise VaultError(
                f"{self.path} was not sealed by a device",
                f"{self.path} 不是设备密封的文件",
                _RESTORE,
            )
        try:
            return self._seal().open(sealed[len(MAGIC) :])
        except VaultError as cause:
            raise VaultError(
                f"{self.path} was altered, or sealed by another device",
                f"{self.path} 被改动过，或是别的设备密封的",
                _RESTORE,
            ) from cause

    def write(self, content: bytes) -> None:
        """Seal a new content; the old one or the new, never half of either, whenever the power goes.

        Raises:
            VaultError: it could not be written; the old content stands.
        """
        sealed = MAGIC + self._seal().seal(content)
        try:
            write_whole(self.path, sealed, OWNER_ALONE)
        except OSError as cause:
            raise VaultError(
                f"cannot write {self.path}: {cause.strerror}", f"无法写入 {self.path}：{why_zh(cause)}"
            ) from cause

    def forget(self) -> None:
        """Delete the file.

        Raises:
            VaultError: it cannot be deleted.
        """
        try:
            remove(self.path)
        except OSError as cause:
            raise VaultError(
                f"cannot delete {self.path}: {cause.strerror}", f"无法删除 {self.path}：{why_zh(cause)}"
            ) from cause

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Between reading and writing no other program changes anything.

        Raises:
            VaultError: the folder cannot be used.
        """
        try:
            with alone_in(self.path.parent):
                yield
        except OSError as cause:
            raise VaultError(
                f"cannot use {self.path.parent}: {cause.strerror}",
                f"无法使用文件夹 {self.path.parent}：{why_zh(cause)}",
            ) from cause

    def _seal(self) -> RestSeal:
        return RestSeal(self.purpose, self.key, self.entropy)


_RESTORE = Words("从备份恢复，或重新登记人员", "restore it, or enrol its people anew")
