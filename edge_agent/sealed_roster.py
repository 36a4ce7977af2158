"""The people of one home, enrolled once and kept: ``roster.sealed`` in the device's folder, readable by this device."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct, structs

from edge_agent.errors import VaultError
from edge_agent.perception.face import FaceTemplate
from edge_agent.perception.voice import Voiceprint
from edge_agent.roster import MemoryRoster
from edge_agent.settings import Settings
from edge_agent.vault import Vault
from visit_record.bilingual import Words

ROSTER_FILE = "roster.sealed"
PURPOSE = "roster"
UNDATED = 0


class _Kept(Struct, frozen=True, forbid_unknown_fields=True):
    """One caregiver: templates as little-endian float64 and float32, and when they were enrolled (UTC).

    ``UNDATED``: by a clock that nobody had set. A number, since a release that is gone back to reads no other.
    """

    enrolled_at_ms: int
    face: bytes | None = None
    face_made_by: str | None = None
    voice: bytes | None = None


_Roster = dict[str, _Kept]


class Enrolment(Struct, frozen=True):
    """What may be said of somebody on the roster: which templates there are, and since when; never the templates.

    ``None``: by a clock that nobody had set.
    """

    caregiver: str
    enrolled_at_ms: int | None
    face: bool
    voice: bool


@dataclass(frozen=True)
class SealedRoster:
    """The roster in one device's folder; what several programs change, they change one after another."""

    vault: Vault

    @classmethod
    def of(cls, settings: Settings, key: Ed25519PrivateKey) -> "SealedRoster":
        """The roster of a device."""
        return cls(Vault(settings.folder / ROSTER_FILE, PURPOSE, key))

    def open(self) -> MemoryRoster:
        """Everybody's templates, in memory.

        Raises:
            VaultError: the file is another device's, altered or unreadable.
        """
        kept = self._kept()
        return MemoryRoster(
            {one: _face(person.face, person.face_made_by) for one, person in kept.items() if person.face},
            {one: Voiceprint(np.frombuffer(person.voice, "<f4")) for one, person in kept.items() if person.voice},
        )

    def enrolments(self) -> list[Enrolment]:
        """Who is on it, in the order of their ids.

        Raises:
            VaultError: as :meth:`open`.
        """
        return [
            Enrolment(one, person.enrolled_at_ms or None, person.face is not None, person.voice is not None)
            for one, person in sorted(self._kept().items())
        ]

    def enrol(self, people: MemoryRoster, now_ms: int | None) -> None:
        """Keep the templates of some people, each in the place of what was kept of them in that sense.

        Without a clock that can be believed ``now_ms`` is ``None``, and their time begins when there is one.

        Raises:
            VaultError: it cannot be read or written.
        """
        with self.vault.changing():
            kept = self._kept()
            for caregiver in sorted({*people.face_templates, *people.voiceprints}):
                before = kept.get(caregiver, _Kept(UNDATED))
                kept[caregiver] = structs.replace(
                    before, enrolled_at_ms=now_ms or UNDATED, **_templates(people, caregiver)
                )
            self._write(kept)

    def forget(self, caregiver: str) -> bool:
        """Delete what is kept of somebody; ``False`` if there was nothing.

        Raises:
            VaultError: it cannot be read or written.
        """
        with self.vault.changing():
            kept = self._kept()
            known = kept.pop(caregiver, None) is not None
            if known:
                self._write(kept)
        return known

    def forget_before(self, at_ms: int, now_ms: int) -> list[str]:
        """Delete who was enrolled before a moment (UTC), and was not since; who they were.

        Who has no date yet has ``now_ms`` from now on, which is of a clock that can be believed.

        Raises:
            VaultError: it cannot be read or written.
        """
        with self.vault.changing():
            kept = self._kept()
            dated = {one: _dated(person, now_ms) for one, person in kept.items()}
            left = {one: person for one, (since_ms, person) in dated.items() if since_ms >= at_ms}
            if left != kept:
                self._write(left)
        return sorted(kept.keys() - left.keys())

    def _kept(self) -> _Roster:
        content = self.vault.read()
        if content is None:
            return {}
        try:
            return msgspec.msgpack.decode(content, type=_Roster)
        except msgspec.MsgspecError as cause:
            raise VaultError(
                f"{self.vault.path} was written by another version",
                f"{self.vault.path} 是别的版本写的",
                Words("重新登记人员", "enrol its people anew"),
            ) from cause

    def _write(self, kept: _Roster) -> None:
        if kept:
            self.vault.write(msgspec.msgpack.encode(kept))
        else:
            self.vault.forget()


def joined(kept: MemoryRoster, given: MemoryRoster) -> MemoryRoster:
    """Both, and of somebody who is in both what was given now."""
    return MemoryRoster(
        {**kept.face_templates, **given.face_templates},
        {**kept.voiceprints, **given.voiceprints},
    )


def _dated(person: _Kept, now_ms: int) -> tuple[int, _Kept]:
    # Nor may a clock that stood ahead keep somebody for as long.
    since_ms = now_ms if person.enrolled_at_ms == UNDATED else min(person.enrolled_at_ms, now_ms)
    return since_ms, structs.replace(person, enrolled_at_ms=since_ms)


def _face(embedding: bytes, made_by: str | None) -> FaceTemplate:
    return FaceTemplate(np.frombuffer(embedding, "<f8"), made_by or "")


def _templates(people: MemoryRoster, caregiver: str) -> Mapping[str, bytes | str]:
    told: dict[str, bytes | str] = {}
    face, voice = people.face_templates.get(caregiver), people.voiceprints.get(caregiver)
    if face is not None:
        told |= {"face": face.embedding.astype("<f8").tobytes(), "face_made_by": face.made_by}
    if voice is not None:
        told["voice"] = voice.embedding.astype("<f4").tobytes()
    return told
