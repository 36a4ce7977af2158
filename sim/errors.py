"""Errors of the simulator, each saying what to do."""


class DemoError(Exception):
    """The demo cannot go on as asked."""


class BenchmarkError(Exception):
    """The benchmark cannot go on as asked."""


class WorldError(BenchmarkError):
    """A world file cannot be used; the message names the key."""


class HistoryError(Exception):
    """A city's history cannot be written as asked."""
