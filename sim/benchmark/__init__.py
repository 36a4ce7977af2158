"""How well the weigher does: staged worlds that nothing was fitted on, lived visits, and figures with their aims."""
