"""The output streams of a program, made able to say what it says whatever the terminal knows."""

import io
import sys


def show_what_can_be_shown() -> None:
    """Let nothing that is printed end the program, where the encoding of its output has no Chinese.

    On a terminal a question mark stands for what it cannot show. What goes elsewhere may be a document that somebody
    keeps: there the character's escape stands, which TOML and JSON read as the character.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace" if stream.isatty() else "backslashreplace")
