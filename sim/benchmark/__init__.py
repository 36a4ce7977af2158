"""How well the weigher does: on staged visits that nothing was fitted on, and on lived ones."""
