"""What peers are like: a mixture of shapes fitted to everybody, then to each smaller group, drawn to the larger one.

Empirical Bayes by g-modelling (B. Efron, *Biometrika* 103, 2016; the mixing distribution that fits best: J. Kiefer and
J. Wolfowitz, *Annals of Mathematical Statistics* 27, 1956), with a Dirichlet penalty centred on the parent's weights.

Peers are all subjects of a kind, then those of one agency, then those of one agency whose visits are alike: the same
disability level and item mix. A subject is one of its own peers; its share in them is small, and leaving it out would
cost a fit for each.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ingest_server.authenticity.grid import CELLS, Floats, Ints, first_guess, log_likelihoods, shapes
from ingest_server.authenticity.rows import Group, Row, in_order, indexed, summed
from ingest_server.authenticity.settings import DEFAULT, Settings

Key = TypeVar("Key", bound=tuple[Any, ...] | str)


class Peers(NamedTuple):
    """The fitted weights of the shapes, each of shape (shapes,)."""

    whole: Floats
    agencies: Mapping[str, Floats]
    groups: Mapping[Group, Floats]

    def of(self, group: Group) -> Floats:
        """The weights of a group, or of the smallest one around it that had peers."""
        return self.groups.get(group, self.agencies.get(group.agency, self.whole))


def peers_of(rows: Iterable[Row], settings: Settings = DEFAULT) -> Peers:
    """What peers are like: everybody first, then each agency drawn to the whole, then each group to its agency."""
    # A subject of whom nothing could be judged says nothing of what its peers are like.
    rows = in_order(row for row in rows if row.counts.any())
    strength = settings.root_strength + settings.root_share * len({row.subject for row in rows})
    whole = _level(rows, lambda _: "", lambda _: first_guess(), strength, settings)
    above = whole.get("", first_guess())
    agencies = _level(rows, lambda row: row.group.agency, lambda _: above, settings.peers_strength, settings)
    groups = _level(
        rows, lambda row: row.group, lambda group: agencies[group.agency], settings.peers_strength, settings
    )
    return Peers(above, agencies, groups)


def likelihoods(counts: Ints, settings: Settings) -> Floats:
    """What the visits of each subject say of each share, the largest of a row being 1.

    Args:
        counts: judged visits by weight, shape (subjects, BINS).
        settings: the bound of one visit, and what visits have in common.

    Returns:
        Shape (subjects, CELLS).
    """
    visits = counts.sum(axis=1, keepdims=True)
    power = 1 / (1 + np.maximum(visits - 1, 0) * settings.shared_fault)
    total = power * (counts @ log_likelihoods(settings.bound_decibans))
    assert total.shape == (len(counts), CELLS)
    return np.asarray(np.exp(total - total.max(axis=1, keepdims=True, initial=-np.inf)))


def fitted(of_peers: Floats, group: Ints, parents: Floats, strength: float, settings: Settings) -> Floats:
    """The shapes' weights in each group, by expectation and maximisation.

    Args:
        of_peers: the likelihood of each peer, shape (peers, CELLS).
        group: the group of each peer, shape (peers,), each below ``len(parents)``.
        parents: the weights that each group is drawn to, shape (groups, shapes).
        strength: how many peers the parent's weights count for.
        settings: when to stop.

    Returns:
        Shape (groups, shapes), rows summing to 1; the parent's weights for a group without peers.
    """
    fits = of_peers @ shapes().T
    peers = np.bincount(group, minlength=len(parents))[:, None]
    weights = parents
    for _ in range(settings.most_rounds):
        shares = fits * weights[group]
        shares /= shares.sum(axis=1, keepdims=True)
        before, weights = weights, (_sums(shares, group, len(parents)) + strength * parents) / (peers + strength)
        if np.abs(weights - before).max(initial=0.0) < settings.settled:
            break
    return weights


def _sums(rows: Floats, group: Ints, groups: int) -> Floats:
    columns = [np.bincount(group, weights=column, minlength=groups) for column in rows.T]
    return np.stack(columns, axis=1)


def _level(
    rows: list[Row],
    key_of: Callable[[Row], Key],
    parent_of: Callable[[Key], Floats],
    strength: float,
    settings: Settings,
) -> dict[Key, Floats]:
    """The weights of each group of one level, its peers being the subjects that have visits in it."""
    pairs, index = indexed([(key_of(row), row.subject) for row in rows])
    groups, group = indexed([key for key, _ in pairs])
    if not groups:
        return {}
    counts, _ = summed(rows, index, len(pairs))
    parents = np.array([parent_of(key) for key in groups])
    weights = fitted(likelihoods(counts, settings), group, parents, strength, settings)
    return dict(zip(groups, weights, strict=True))
