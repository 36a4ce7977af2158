"""A meaning in both languages of the screens."""

from typing import NamedTuple


class Words(NamedTuple):
    """One meaning, said twice."""

    zh: str
    en: str

    @property
    def both(self) -> str:
        """Chinese first, English beside."""
        return f"{self.zh} · {self.en}"
