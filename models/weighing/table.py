"""Fitted curves as a calibration table, and the table as the text that is committed."""

from collections.abc import Mapping, Sequence

import numpy as np

from ingest_server.scoring.calibration import Calibration, Row
from ingest_server.scoring.evidence import EVIDENCE
from models.weighing.alone import Curve, Floats
from visit_record.vocabulary import Typology

# Staged, not known: nobody has published how often each is done.
PRIOR: Mapping[Typology, float] = {
    Typology.GENUINE: 0.92,
    Typology.EMPTY_ORDER: 0.016,
    Typology.COLLUDING_FAMILY: 0.0096,
    Typology.PROXY_CAREGIVER: 0.012,
    Typology.RECIPIENT_ABSENT: 0.0088,
    Typology.PADDED_DURATION: 0.0112,
    Typology.SERVICE_SWAP: 0.008,
    Typology.REPLAYED_EVIDENCE: 0.0048,
    Typology.FALSE_LOCATION: 0.0056,
    Typology.TAMPERED_DEVICE: 0.004,
}
FAKED: tuple[Typology, ...] = tuple(typology for typology in PRIOR if typology is not Typology.GENUINE)
ITEM_BOUND_DB, GROUP_BOUND_DB = 18.0, 30.0
# The review threshold of the shipped rules: no single cue may reach it.
SINGLE_CUE_LIMIT = 0.5
LEAST_OBSERVED_SHARE = 0.35
# How a picture looks speaks weakly against life, however few staged faces look so: decision 10.
LOOKS_ONLY, LOOKS_COUNT = ("liveness", 0.5), 0.5
# What nothing staged shows, weighed by hand. Many edits are a little like hours or items that were made to fit. On real
# photographs (ORL) an own face never came nearer to somebody else's template than to its own.
BY_HAND: Mapping[str, tuple[tuple[float, ...], Mapping[Typology, tuple[float, ...]], str]] = {
    "edits": (
        (0.0, 1.0, 5.0),
        {Typology.PADDED_DURATION: (0.0, 0.5, 2.0), Typology.SERVICE_SWAP: (0.0, 0.5, 2.0)},
        "by hand: nothing staged is edited",
    ),
    "other_match": (
        (-0.3, -0.1, 0.1, 0.5),
        {Typology.PROXY_CAREGIVER: (10.0, 5.0, 0.0, 0.0)},
        "by hand, in sight of real faces (ORL): nobody staged is another of the roster",
    ),
}


def table_of(version: str, curves: Sequence[Curve], sources: Mapping[str, str]) -> Calibration:
    """The whole table; weights to a hundredth of a deciban."""
    rows = [
        _by_hand(item.id) if item.id in BY_HAND else row_of(item.id, sources[item.id], _of_looks(item.id, curve))
        for item, curve in zip(EVIDENCE, curves, strict=True)
    ]
    return Calibration(
        version=version,
        prior=dict(PRIOR),
        item_bound_db=ITEM_BOUND_DB,
        group_bound_db=GROUP_BOUND_DB,
        single_cue_limit=SINGLE_CUE_LIMIT,
        least_observed_share=LEAST_OBSERVED_SHARE,
        row=tuple(rows),
    )


def text_of(table: Calibration, head: Sequence[str]) -> str:
    """The table in TOML, under a comment."""
    lines = [f"# {line}" for line in head]
    lines += ["", f'version = "{table.version}"', f"item_bound_db = {table.item_bound_db}"]
    lines += [f"group_bound_db = {table.group_bound_db}", f"single_cue_limit = {table.single_cue_limit}"]
    lines += [f"least_observed_share = {table.least_observed_share}", "", "[prior]"]
    lines += [f"{typology} = {share}" for typology, share in table.prior.items()]
    for row in table.row:
        lines += ["", "[[row]]", f'evidence = "{row.evidence}"', f'source = "{row.source}"', f"at = {list(row.at)}"]
        lines += ["[row.weights]", *(f"{typology} = {list(row.weights[typology])}" for typology in table.faked)]
    for one in table.absent:
        lines += ["", "[[absent]]", f'group = "{one.group}"', f'source = "{one.source}"', "[absent.weights]"]
        lines += [f"{typology} = {one.weights[typology]}" for typology in table.faked]
    return "\n".join(lines) + "\n"


def row_of(evidence: str, source: str, curve: Curve) -> Row:
    """One row of the table; weights to a hundredth of a deciban."""
    weights = {typology: tuple(_rounded(db)) for typology, db in zip(FAKED, curve.db, strict=True)}
    return Row(evidence, source, tuple(float(f"{value:.6g}") for value in curve.at), weights)


def _of_looks(evidence: str, curve: Curve) -> Curve:
    if evidence != LOOKS_ONLY[0]:
        return curve
    return Curve(curve.at, np.where(curve.at == LOOKS_ONLY[1], curve.db * LOOKS_COUNT, curve.db))


def _rounded(curve: Floats) -> list[float]:
    # Adding nought makes -0.0 a plain 0.0.
    return [round(float(weight), 2) + 0.0 for weight in curve]


def _by_hand(evidence: str) -> Row:
    at, told, source = BY_HAND[evidence]
    return Row(evidence, source, at, {**dict.fromkeys(FAKED, (0.0,) * len(at)), **told})
