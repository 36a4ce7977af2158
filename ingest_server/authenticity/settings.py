"""What the estimates rest on that is chosen and not measured, each with its unit and its reason."""

from typing import Final

from msgspec import Struct

# What one visit may weigh at the very most, and what the tallies keep; a reader may bound it more tightly, never less.
KEPT_DECIBANS: Final = 30


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Constants of the estimates.

    ``bound_decibans`` is the most that one visit may weigh, to either side: chosen, and no more than any calibration
    that ships lets one sense say, so that no single visit outweighs that. ``shared_fault`` is the correlation of visits
    within one subject: what the visits of one room, one voice or one device have in common is not seen anew at each, so
    that ``n`` of them are worth ``n / (1 + (n - 1) * shared_fault)`` (the design effect of L. Kish, *Survey Sampling*,
    1965, section 5.4). ``peers_strength`` is the number of peers that the parent group's distribution counts for in a
    smaller one; in the whole, the stated first guess counts for ``root_strength`` and for ``root_share`` of all peers,
    so that ever more of them do not make sure of what the ratios of each are too blunt to tell. ``least_visits`` is the
    number of judged visits below which nobody has a standing, and ``concern_share`` the share of genuine service under
    which a whole interval must lie before anything is said. ``months`` is how many months back the server counts
    visits, this one included, so that who has changed is seen to have. ``coverage`` is the probability that an interval
    holds. ``most_rounds`` and ``settled`` say when a fit is done.

    ``shared_fault`` and ``root_share`` are chosen on staged worlds, where 95% intervals then hold the truth of about
    95% of caregivers: decision 16.
    """

    bound_decibans: int = 20
    shared_fault: float = 0.01
    peers_strength: float = 20.0
    root_strength: float = 10.0
    root_share: float = 0.1
    least_visits: int = 8
    concern_share: float = 0.9
    months: int = 12
    coverage: float = 0.95
    most_rounds: int = 200
    settled: float = 1e-5


DEFAULT: Final = Settings()
