"""Parts of codes as they come before the camera, until one code is whole. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from visit_record.code_parts import CodeKind, CodePart, join, read_part
from visit_record.errors import DamagedCodeError, ForeignCodeError, OtherVersionError

# More than anybody holds up at once; a film of codes must not fill the memory.
MOST_CODES: Final = 4


class Noticed(StrEnum):
    """What a text turned out to be."""

    NEW_PART = "new_part"
    KNOWN_PART = "known_part"
    ANOTHER_CODE = "another_code"
    WRONG_KIND = "wrong_kind"
    FOREIGN = "foreign"
    OTHER_VERSION = "other_version"
    DAMAGED = "damaged"


@dataclass
class Gathering:
    """Parts of each code by themselves, so that those of two never mix; the first that is whole is the one."""

    wanted: CodeKind
    document: bytes | None = None
    _codes: dict[tuple[str, int], dict[int, CodePart]] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the parts that the code shown last still lacks; none where none was shown."""
        parts, count = self._latest
        return tuple(number for number in range(1, count + 1) if number not in parts)

    @property
    def count(self) -> int:
        """Parts of the code shown last; 0 where none was."""
        return self._latest[1]

    def take(self, text: str) -> Noticed:
        """Take what a code said."""
        try:
            part = read_part(text)
        except ForeignCodeError:
            return Noticed.FOREIGN
        except OtherVersionError:
            return Noticed.OTHER_VERSION
        except DamagedCodeError:
            return Noticed.DAMAGED
        return self._take_part(part) if part.kind is self.wanted else Noticed.WRONG_KIND

    @property
    def _latest(self) -> tuple[dict[int, CodePart], int]:
        if not self._codes:
            return {}, 0
        (_, count), parts = list(self._codes.items())[-1]
        return parts, count

    def _take_part(self, part: CodePart) -> Noticed:
        of_code = (part.checksum, part.count)
        is_another = bool(self._codes) and of_code not in self._codes
        parts = self._codes.pop(of_code, {})
        is_known = part.number in parts
        self._codes[of_code] = parts | {part.number: part}
        while len(self._codes) > MOST_CODES:
            del self._codes[next(iter(self._codes))]
        if not self.missing and not self._joined(of_code):
            return Noticed.DAMAGED
        return Noticed.KNOWN_PART if is_known else Noticed.ANOTHER_CODE if is_another else Noticed.NEW_PART

    def _joined(self, of_code: tuple[str, int]) -> bool:
        """Whether all parts make up what their checksum says; where they do not, none of them is trusted."""
        try:
            self.document = join(self._codes[of_code].values())
        except DamagedCodeError:
            del self._codes[of_code]
            return False
        return True
