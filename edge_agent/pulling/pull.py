"""One model from its public source or a mirror into its place."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from edge_agent.errors import PullError
from edge_agent.perception.model_registry import ModelEntry
from edge_agent.pulling.address import address_of, host_of
from edge_agent.pulling.part_file import PartFile
from edge_agent.pulling.transport import Answer, LineBrokenError, ask
from visit_record.bilingual import Words

# A line that breaks this often, each time after some bytes, is left for another day.
MOST_CONNECTIONS = 5

Ask = Callable[[int], AbstractContextManager[Answer]]


@dataclass(frozen=True)
class FileWanted:
    """The one file that is taken from an address: its hash, and how long it is."""

    sha256: str
    bytes: int


def fetch_file(
    address: str,
    target: Path,
    wanted: FileWanted,
    progress: Callable[[int], None] = lambda _arrived_bytes: None,
    silence_s: float = 30.0,
) -> None:
    """Fetch a file into ``target``, going on from what arrived before; what is there stays until the whole has come.

    Raises:
        PullError: it did not arrive, or is another file.
    """
    with PartFile.open(target, wanted.sha256) as part:
        _Arrival(part, wanted.bytes, progress).complete(lambda start: ask(address, start, silence_s))
        _settle(part, wanted.sha256, host_of(address))


@dataclass(frozen=True)
class Pull:
    """How models are fetched: ``mirror`` instead of their public sources, where there is one."""

    mirror: str | None = None
    silence_s: float = 30.0

    def fetch(
        self, entry: ModelEntry, target: Path, progress: Callable[[int], None] = lambda _arrived_bytes: None
    ) -> None:
        """Fetch a model into ``target``, going on from what arrived before; ``progress`` is told how much there is.

        What is in the place stays until the whole file has come with the registry's hash.

        Raises:
            PullError: it is not a pulled model, or did not arrive, or is not what the registry names.
        """
        public = entry.public
        if public is None:
            raise PullError(
                f"the {entry.role} model is not pulled from anywhere; {entry.cure.en}",
                f"模型 {entry.role} 不需要下载；{entry.cure.zh}",
            )
        address = address_of(public, entry.file, self.mirror)
        try:
            fetch_file(address, target, FileWanted(entry.sha256, public.bytes), progress, self.silence_s)
        except PullError as cause:
            raise PullError(
                f"{entry.role} was not fetched from {address}: {cause}. Or bring {address_of(public, entry.file)} here "
                f"by other means and put it at {target}; its SHA-256 must be {entry.sha256}",
                f"模型 {entry.role} 没有从 {address} 取到：{cause.said.zh}。"
                f"或用别的办法取来 {address_of(public, entry.file)}，放到 {target}；其 SHA-256 应为 {entry.sha256}",
            ) from cause


@dataclass(frozen=True)
class _Arrival:
    """A file of ``total`` bytes on its way into its part."""

    part: PartFile
    total: int
    progress: Callable[[int], None]

    def complete(self, ask_from: Ask) -> None:
        """Take what is missing, over as many connections as it needs.

        Raises:
            PullError: the server does not give it, or the line breaks again and again, or before anything came.
        """
        if self.part.length > self.total:
            self.part.begin_anew()
        for _ in range(MOST_CONNECTIONS):
            had = self.part.length
            if had == self.total:
                return
            why = self._take(ask_from, had)
            if self.part.length <= had:
                break
        if self.part.length < self.total:
            raise PullError(
                f"{why.en} after {self.part.length} of {self.total} bytes; they are kept, run it again to go on "
                "from there",
                f"{why.zh}，已收到 {self.part.length} 字节，共 {self.total} 字节；已收到的留着，再运行一次就接着下载",
            )

    def _take(self, ask_from: Ask, had: int) -> Words:
        """One connection's bytes; why they ended."""
        try:
            with ask_from(had) as answer:
                self._begin_at(answer, had)
                for piece in answer.pieces:
                    self._keep(piece)
        except LineBrokenError as broken:
            return Words(f"连接中断（{broken.why.zh}）", f"the line broke ({broken.why.en})")
        return Words("连接结束", "the line ended")

    def _begin_at(self, answer: Answer, had: int) -> None:
        if answer.total not in {None, self.total}:
            raise PullError(
                f"what the server has is no such file: {answer.total} bytes instead of {self.total}",
                f"服务器上的不是这个文件：{answer.total} 字节，应为 {self.total} 字节",
            )
        if answer.start == 0:
            self.part.begin_anew()
        elif answer.start != had:
            raise PullError(
                f"the server begins at byte {answer.start} when it is asked for {had}",
                f"要求从第 {had} 字节起，服务器却从第 {answer.start} 字节给起",
            )

    def _keep(self, piece: bytes) -> None:
        # Whatever a server promised, it does not fill the disk.
        if self.part.length + len(piece) > self.total:
            self.part.discard()
            raise PullError(
                f"the server sends more than the {self.total} bytes of the file; nothing of it was kept",
                f"服务器给的多于该文件的 {self.total} 字节，什么都没有留下",
            )
        self.part.append(piece)
        self.progress(self.part.length)


def _settle(part: PartFile, sha256: str, host: str) -> None:
    found = part.digest()
    if found != sha256:
        part.discard()
        raise PullError(
            f"what came from {host} is another file (its SHA-256 is {found}); it was deleted",
            f"{host} 给的是另一个文件（SHA-256 为 {found}），已删去",
        )
    part.put_in_place()
