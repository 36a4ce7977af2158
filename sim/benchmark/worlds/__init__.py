"""The worlds that ship, by name: each is a file here, and a row of ``docs/world.md``."""

SHIPPED = ("fitted", "rougher", "unseen", "city", "harsh")
