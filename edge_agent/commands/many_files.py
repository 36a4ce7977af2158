"""Options that take several files in a row."""

from typing import Any

from typer.core import TyperCommand

MANY = ("--enrol", "--against", "--background")

# typer keeps the type of its parsing context to itself.
_Context = Any


class ManyFilesCommand(TyperCommand):
    """Reads ``--enrol A B --against C D`` as ``--enrol A --enrol B --against C --against D``."""

    def parse_args(self, ctx: _Context, args: list[str]) -> list[str]:
        """Parse the arguments once each file has its option before it."""
        return super().parse_args(ctx, repeated(args))


def repeated(args: list[str]) -> list[str]:
    """Arguments with the option of :data:`MANY` repeated before each of its values."""
    spread: list[str] = []
    option: str | None = None
    for arg in args:
        if arg in MANY:
            option = arg
        elif option and not arg.startswith("-"):
            spread += [option, arg]
        else:
            option = None
            spread.append(arg)
    return spread
