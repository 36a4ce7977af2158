"""What a visit's verdict says beyond the prior that it started from: whole decibans, so that sums are exact.

The prior is taken out again, lest it be counted anew at each visit of one person. A deciban is about the smallest
change of a weight of evidence that people can feel (I. J. Good, *Probability and the Weighing of Evidence*, 1950), and
whole ones add up to the same in any order and on any machine.
"""

from math import log10

from ingest_server.authenticity.settings import KEPT_DECIBANS

BINS = 2 * KEPT_DECIBANS + 1


def decibans_of(suspicion: float, prior_suspicion: float) -> int:
    """Ten times the base-ten logarithm of the likelihood ratio, faked against genuine; rounded, and bounded.

    Args:
        suspicion: the probability of the verdict that the visit was not genuine.
        prior_suspicion: the same before any evidence; above 0 and below 1.
    """
    if suspicion <= 0.0:
        return -KEPT_DECIBANS
    if suspicion >= 1.0:
        return KEPT_DECIBANS
    odds, prior_odds = suspicion / (1 - suspicion), prior_suspicion / (1 - prior_suspicion)
    return max(-KEPT_DECIBANS, min(KEPT_DECIBANS, round(10 * log10(odds / prior_odds))))
