"""The docs' picture of the transition table: ``python -m edge_agent.visit_diagram > docs/visit-states.md``."""

import sys

from edge_agent.visit_state import diagram


def page() -> str:
    """The page, as it stands in the docs."""
    return f"""# The life of a visit on the device

Drawn from the table in `edge_agent/visit_state.py` by `python -m edge_agent.visit_diagram`; a test holds the two
together. An event that has no arrow here is refused, and changes nothing.

| what befalls a visit | what comes of it |
|---|---|
| nobody checks out | `CheckOutForgotten` at the longest time: sealed as abandoned, ending then, not when noticed |
| the device leaves the home | `CarriedOff` after a minute 500 m away: the visit goes on, its record says when |
| one caregiver relieves another | `HandOver`: the first is checked out and sealed, the second checks in anew |
| midnight | nothing: the visit goes on, and is of the day that it began on |
| the power fails | `PowerLost`: sealed as interrupted, unless somebody had checked out |
| the face is not recognised | `LookAgain`, two times at most, or `OtherWayIn`; care goes on meanwhile |

The longest time is four hours from check-in (`[visit] forgotten_after_s`), or two hours beyond what was ordered, where
that is longer. A visit keeps the one that it began with, also when it is sealed at the next start.

```mermaid
{diagram()}
```
"""


if __name__ == "__main__":
    sys.stdout.write(page())
