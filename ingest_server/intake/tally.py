"""Counting what became of arrivals, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter


class PrometheusTally:
    """Counters of one intake.

    Implements :class:`ingest_server.intake.entering.Tally`, :class:`ingest_server.intake.live_rules.ShadowTally` and
    :class:`ingest_server.intake.hearing.WordTally`.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        name = "carewitness_intake_records"
        self._records = Counter(name, "Records by what became of them.", ["outcome"], registry=registry)
        self._refusals = Counter("carewitness_intake_refusals", "Refusals by reason.", ["reason"], registry=registry)
        name, says = "carewitness_shadow_verdicts", "Verdicts of the rules that are tried out, beside the live ones."
        self._shadows = Counter(name, says, ["outcome"], registry=registry)
        name, says = "carewitness_intake_words", "What devices told of themselves, by what became of it."
        self._words = Counter(name, says, ["fate"], registry=registry)

    def accepted(self, count: int) -> None:
        """New records stored."""
        self._records.labels("accepted").inc(count)

    def repeated(self, count: int) -> None:
        """Records that were stored before."""
        self._records.labels("repeated").inc(count)

    def refused(self, reason: str) -> None:
        """One arrival refused."""
        self._records.labels("refused").inc()
        self._refusals.labels(reason).inc()

    def shadowed(self, outcome: str) -> None:
        """One record weighed under the rules that are tried out: the same, moved to another band, or failed."""
        self._shadows.labels(outcome).inc()

    def told(self, fate: str, count: int) -> None:
        """So many words had this fate."""
        self._words.labels(fate).inc(count)
