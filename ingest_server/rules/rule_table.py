"""A rule set, as its document writes it."""

from datetime import date
from typing import Any

from msgspec import Struct

from ingest_server.rules.kinds import AnyKind
from ingest_server.scoring.verdict import Thresholds
from visit_record.vocabulary import ExceptionClass, ExceptionCode, Typology


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """One meaning, said twice."""

    zh: str
    en: str


class Rule(Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """One question to a visit.

    ``id`` never changes its meaning and is never given again. ``question`` is what is asked, ``basis`` the knowledge it
    rests on, ``says`` the sentence of a finding, over ``{value}`` and ``{about}``. ``asks`` is the kind of question
    with its parameters. Asked of visits that check in from ``effective_from`` to ``effective_until``, both included; of
    all where there is no such day.
    ``weight`` is what a finding weighs for each typology against ``genuine``, in decibans.
    """

    id: str
    question: Said
    basis: Said
    says: Said
    code: ExceptionCode
    class_: ExceptionClass
    asks: AnyKind
    effective_from: date | None = None
    effective_until: date | None = None
    weight: dict[Typology, float] = {}


class RuleSet(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole set. ``time_zone`` is the IANA zone whose days the effective dates are."""

    version: str
    time_zone: str
    weight_bound_db: float
    thresholds: Thresholds
    rule: tuple[Rule, ...]


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """A set whose rules are not read yet, so that a refusal can name the one."""

    version: str
    time_zone: str
    weight_bound_db: float
    thresholds: Thresholds
    rule: tuple[dict[str, Any], ...]
