"""A meaning in both languages of the screens, and the errors that are said in both."""

from typing import NamedTuple


class Words(NamedTuple):
    """One meaning, said twice."""

    zh: str
    en: str

    @property
    def both(self) -> str:
        """Chinese first, English beside."""
        return f"{self.zh} · {self.en}"


class BilingualError(Exception):
    """An error that is said in both languages where it is raised.

    ``so`` is what is wrong, in words that stand by themselves. ``do`` is what to do about it, where that is known, and
    stands apart: a self-test says it once, after its arrow, and may have a remedy of its own.
    """

    def __init__(self, en: str, zh: str, do: Words | None = None) -> None:
        # Its arguments stay as they were given: by them an error goes from one process to another.
        self.so, self.do = Words(zh, en), do

    def __str__(self) -> str:
        """In English alone, for programs and logs."""
        return self.said.en

    @property
    def said(self) -> Words:
        """What is wrong, and what to do. The Chinese is whole by itself, and leaves out what a library said."""
        return self.so if self.do is None else Words(f"{self.so.zh}；{self.do.zh}", f"{self.so.en}; {self.do.en}")

    @property
    def told(self) -> str:
        """What a terminal shows: Chinese first, and the English beside."""
        return self.said.both
