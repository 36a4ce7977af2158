"""The docs' picture of the transition table: ``python -m edge_agent.visit_diagram > docs/visit-states.md``."""

import sys

from edge_agent.visit_state import diagram


def page() -> str:
    """The page, as it stands in the docs."""
    return f"""# The life of a visit on the device

Drawn from the table in `edge_agent/visit_state.py` by `python -m edge_agent.visit_diagram`; a test holds the two
together. An event that has no arrow here is refused, and changes nothing.

```mermaid
{diagram()}
```
"""


if __name__ == "__main__":
    sys.stdout.write(page())
