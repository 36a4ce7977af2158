"""How a case stands: what its steps come to. Pure."""

from msgspec import Struct

from ingest_server.cases.step import ALONE, Outcome, State


class Standing(Struct, frozen=True):
    """How a case stands after its steps, of which there are ``version``.

    ``proposed_by`` wants ``proposed`` for an outcome, while it waits for a second person; ``wakes_at_ms`` is until when
    it is out of the queue; ``closed_at_ms`` is since when it is closed; ``once_confirmed`` says whether two people
    found it to be so before, ``of_fund`` whether the fund took it on, so that no agency
    ends it, ``recovered_fen`` what came back in all.
    """

    state: State
    version: int
    opened_at_ms: int
    changed_at_ms: int
    due_at_ms: int | None = None
    assignee: str | None = None
    outcome: Outcome | None = None
    proposed: Outcome | None = None
    proposed_by: str | None = None
    wakes_at_ms: int | None = None
    appealed: bool = False
    once_confirmed: bool = False
    closed_at_ms: int | None = None
    of_fund: bool = False
    recovered_fen: int = 0

    @property
    def outcomes_alone(self) -> tuple[Outcome, ...]:
        """The outcomes that one person alone may close it with: what two confirmed, one does not take back."""
        return () if self.once_confirmed else ALONE
