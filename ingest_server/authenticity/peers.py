"""What peers are like: a mixture of shapes fitted to everybody, then to each smaller group, drawn to the larger one.

Empirical Bayes by g-modelling (B. Efron, *Biometrika* 103, 2016; the mixing distribution that fits best: J. Kiefer and
J. Wolfowitz, *Annals of Mathematical Statistics* 27, 1956), with a Dirichlet penalty centred on the parent's weights.
"""

import numpy as np

from ingest_server.authenticity.grid import CELLS, Floats, Ints, log_likelihoods, shapes
from ingest_server.authenticity.settings import Settings


def likelihoods(counts: Ints, settings: Settings) -> Floats:
    """What the visits of each subject say of each share, the largest of a row being 1.

    Args:
        counts: judged visits by weight, shape (subjects, BINS).
        settings: the bound of one visit, and what visits have in common.

    Returns:
        Shape (subjects, CELLS).
    """
    visits = counts.sum(axis=1, keepdims=True)
    power = settings.tempering / (1 + np.maximum(visits - 1, 0) * settings.shared_fault)
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
