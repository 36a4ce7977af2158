"""A release's way onto a device: its seal and its files checked, put beside what runs, and switched to."""

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge_agent.errors import UpdateError
from edge_agent.updating.environment import build_environment
from edge_agent.updating.manifest import Release, open_release
from edge_agent.updating.occasion import Occasion
from edge_agent.updating.shelf import MANIFEST, Link, Shelf, sequence_of
from edge_agent.updating.sources import Source
from edge_agent.updating.staging import Progress, mend, stage
from edge_agent.updating.trying import Outcome, Trials
from visit_record.bilingual import Words
from visit_record.errors import RefusedError, UnknownKeyError


class Standing(StrEnum):
    """How a published release stands to what is here."""

    NEWER = "newer"
    RUNNING = "running"
    FAILED = "failed"
    OLDER = "older"


@dataclass(frozen=True)
class Updater:
    """The updates of one device. ``key`` is the publisher's; ``build`` makes a release's environment."""

    shelf: Shelf
    key: Ed25519PublicKey
    build: Callable[[Path], None] = build_environment

    def standing(self, source: Source) -> tuple[Release, Standing]:
        """What a source offers, its seal checked.

        Raises:
            UpdateError: it cannot be read, is not our publisher's, or is for another machine.
        """
        release = self._opened(source.manifest())
        return release, self._standing(release)

    def apply(
        self, source: Source, occasion: Occasion, progress: Progress = lambda _path: None
    ) -> tuple[Release, Outcome]:
        """Put a newer release beside what runs, which takes minutes, and switch to it once nobody is at work.

        Of the one that runs, what is lost or altered of its files is put back.

        Raises:
            UpdateError: as :meth:`standing`; or a downgrade, files that are not the manifest's, another release on
                trial, no room. What runs goes on.
        """
        token = source.manifest()
        release = self._opened(token)
        with self.shelf.alone():
            standing = self._standing(release)
            if standing in {Standing.FAILED, Standing.OLDER}:
                return release, self._declined(release, standing)
            self._require_same(release, token)
            if standing is Standing.RUNNING:
                mended = mend(self.shelf.folder(release.name), source, release, progress)
                return release, Outcome.MENDED if mended else Outcome.RUNNING
            self._require_no_trial()
            self.shelf.clear(keep=release.name)
            stage(self.shelf, source, token, release, progress)
            self.build(self.shelf.folder(release.name))
            busy = occasion.awaited()
            if busy is not None:
                return release, busy
            Trials(self.shelf).begin(release.name, occasion.moment())
        return release, Outcome.SWITCHED

    def _opened(self, token: bytes) -> Release:
        try:
            release = open_release(token, self.key)
        except RefusedError as cause:
            words = _why(cause)
            raise UpdateError(words.en, words.zh) from cause
        _require_ours(release)
        return release

    def _standing(self, release: Release) -> Standing:
        if release.name == self.shelf.name(Link.CURRENT):
            return Standing.RUNNING
        if release.name in self.shelf.failed():
            return Standing.FAILED
        return Standing.NEWER if release.sequence > self.shelf.highest() else Standing.OLDER

    def _declined(self, release: Release, standing: Standing) -> Outcome:
        if standing is Standing.OLDER:
            raise UpdateError(
                f"release {release.name} is not newer than {self.shelf.highest()}, which ran here: a downgrade is "
                "refused, since it could bring back an error that was mended; publish it under a higher sequence",
                f"版本 {release.name} 不比本机用过的 {self.shelf.highest()} 新：不能降级，"
                "否则会带回已改正的错误；请以更高的序号发布",
            )
        return Outcome.FAILED_BEFORE

    def _require_no_trial(self) -> None:
        current, proven = self.shelf.name(Link.CURRENT), self.shelf.name(Link.PROVEN)
        if current != proven:
            raise UpdateError(
                f"release {current} is on trial; wait until it is confirmed or taken back",
                f"版本 {current} 正在试用；请等它被确认或退回",
            )

    def _require_same(self, release: Release, token: bytes) -> None:
        """Refuse a second release under a number that is here: two devices would then mean two things by one name."""
        for name in self.shelf.names():
            manifest = self.shelf.folder(name) / MANIFEST
            if sequence_of(name) == release.sequence and manifest.read_bytes() != token:
                raise UpdateError(
                    f"another release is here as number {release.sequence}; publish under a new one",
                    f"本机已有另一个序号为 {release.sequence} 的版本；请用新的序号发布",
                )


def _why(cause: RefusedError) -> Words:
    told = f"({cause.reason}: {cause}); nothing of it is used"
    if isinstance(cause, UnknownKeyError):
        return Words(
            "版本由另一个密钥签名，什么都没有用：问做这个版本的人；"
            "确是本单位发布者的新密钥，才用 --key 给出它的 release.jwk.json（设备上是 CAREWITNESS_RELEASE_KEY 的文件）",
            f"the release is refused {told}. Ask whoever made it; only where that is your own publisher's new key, "
            "give its release.jwk.json by --key, which on a device is the file CAREWITNESS_RELEASE_KEY",
        )
    return Words(
        "版本的清单不能用，什么都没有用：它应完整，并由本机信任的发布者签名；请重新复制，或问做这个版本的人",
        f"the release's manifest is refused {told}. It must be whole and sealed by the publisher whose key is on this "
        "device",
    )


def _require_ours(release: Release) -> None:
    machine, python = platform.machine(), f"{sys.version_info[0]}.{sys.version_info[1]}"
    if (release.machine, release.python) != (machine, python):
        raise UpdateError(
            f"release {release.name} is for {release.machine} with Python {release.python}, this device is {machine} "
            f"with {python}; publish one for it",
            f"版本 {release.name} 适用于 {release.machine} 和 Python {release.python}，本机是 {machine} 和 {python}；"
            "请发布适合本机的版本",
        )
