"""What the student must beat: one-vs-rest logistic regression on the teacher's own embedding of a clip."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.care_sound.calibrate import sigmoid
from models.care_sound.data import FOLDS, Clip, fold_of
from models.care_sound.figures import CUES, REAL_CUES, average_precision
from models.care_sound.front_end import WINDOW_SAMPLES
from models.care_sound.yamnet import WINDOW_SAMPLES as TEACHER_SAMPLES
from models.care_sound.yamnet import Yamnet

PENALTIES = (1e-3, 1e-2, 1e-1, 1.0)

Table = NDArray[np.float64]


def embeddings(clips: Sequence[Clip], teacher: Yamnet) -> Table:
    """The mean of the teacher's embedding over each clip's windows, float64 [clips, 1024]."""
    return np.array([np.mean(_windows(clip, teacher), axis=0) for clip in clips], np.float64)


def confidence(learnt: Table, clips: Sequence[Clip], judged: Table) -> Table:
    """Probabilities [clips, 12] of ``judged`` embeddings; nan for cues that are not among the five real ones.

    The penalty is the one of the best mean average precision across the folds of what is learnt from.
    """
    truth = np.array([[cue in clip.cues for cue in CUES] for clip in clips], np.float64)
    fold = np.array([fold_of(clip.source) for clip in clips])
    penalty = max(PENALTIES, key=lambda one: _cross_fitted(learnt, truth, fold, one))
    return _confidence(learnt, truth, judged, penalty)


def _windows(clip: Clip, teacher: Yamnet) -> list[NDArray[np.float32]]:
    starts = range(0, max(1, len(clip.samples) - TEACHER_SAMPLES + 1), WINDOW_SAMPLES // 2)
    return [teacher.scores_and_embedding(clip.samples[start:])[1] for start in starts]


def _cross_fitted(learnt: Table, truth: Table, fold: NDArray[np.int64], penalty: float) -> float:
    score = np.full(truth.shape, np.nan)
    for one in range(FOLDS):
        score[fold == one] = _confidence(learnt[fold != one], truth[fold != one], learnt[fold == one], penalty)
    places = [CUES.index(cue) for cue in REAL_CUES]
    return float(np.mean([average_precision(truth[:, place], score[:, place]) for place in places]))


def _confidence(learnt: Table, truth: Table, judged: Table, penalty: float) -> Table:
    mean, spread = learnt.mean(axis=0), learnt.std(axis=0) + 1e-6
    told = np.full((len(judged), len(CUES)), np.nan)
    for cue in REAL_CUES:
        place = CUES.index(cue)
        weights = _logistic((learnt - mean) / spread, truth[:, place], penalty)
        told[:, place] = sigmoid(((judged - mean) / spread) @ weights[:-1] + weights[-1])
    return told


def _logistic(features: Table, truth: Table, penalty: float) -> Table:
    """Weights and, last, the intercept; ``penalty`` is the weights' squares' share in the mean loss."""

    def loss(weights: Table) -> tuple[float, Table]:
        margin = features @ weights[:-1] + weights[-1]
        slope = sigmoid(margin) - truth
        value = np.mean(np.logaddexp(0, margin) - truth * margin) + 0.5 * penalty * np.sum(weights[:-1] ** 2)
        gradient = np.append(features.T @ slope / len(truth) + penalty * weights[:-1], slope.mean())
        return float(value), gradient

    start = np.zeros(features.shape[1] + 1)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x)
