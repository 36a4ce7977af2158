"""The two halves of what was measured."""

from enum import StrEnum


class Half(StrEnum):
    """People, speakers, clips and homes of one half are never in the other: weights are fitted on one, judged on both.

    What is reported of a weigher that was fitted on ``FIT`` must come from ``TEST``.
    """

    FIT = "fit"
    TEST = "test"
