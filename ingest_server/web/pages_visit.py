"""The page of one visit: the verdict, why, the evidence, and what people made of it."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from ingest_server.edits.codes import PAIRED, Field, Place, Reason
from ingest_server.errors import CaseError
from ingest_server.rules.limits import limits_of
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store.cases import case_of_visit
from ingest_server.store.checks import check_record
from ingest_server.store.edits import Opened, to_edit
from ingest_server.store.neighbours import find_beside, neighbours_of
from ingest_server.store.verdicts import BEFORE_RULES
from ingest_server.store.visit_notes import notes_of
from ingest_server.store.visits import find_visit
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.correcting import Returned, correction_of
from ingest_server.web.deciding import NOTHING_TYPED, Typed, desk_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import RecordDigest, VisitPath
from ingest_server.web.lanes import timeline
from ingest_server.web.lanes_identity import known_by
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.place_map import place_map
from ingest_server.web.reading import reasons_of, sentence_of, unobserved_of
from ingest_server.web.rendering import page
from ingest_server.web.rule_reading import rules_by_which
from ingest_server.web.rule_words import raised_in_words
from ingest_server.web.several import cases_to_join
from ingest_server.web.steps import OfVisit
from ingest_server.web.timeline import in_order
from visit_record.catalogue import service_items
from visit_record.words import NOT_CONFIRMED

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)


@router.get("/visits/{visit}")
def visit(
    request: Request, viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None
) -> HTMLResponse:
    """The verdict on one visit, why, the evidence that it rests on, and what people made of it."""
    return visit_page(request, viewer, parts, OfVisit(visit, record))


@router.get("/visits/{visit}/check")
def check(
    request: Request, viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None
) -> HTMLResponse:
    """Whether the record is still what was received, each thing that was looked at by itself."""
    with parts.database.reading() as connection:
        found = check_record(connection, viewer.scope, visit, record, parts.now_ms())
    if found is None:
        raise NotFoundError
    return page(request, "check.html", found=found)


def visit_page(  # noqa: PLR0913, PLR0917 - a page, and what stands in its form
    request: Request,
    viewer: Viewer,
    parts: Parts,
    of: OfVisit,
    typed: Typed = NOTHING_TYPED,
    refused: CaseError | None = None,
    returned: Returned | None = None,
) -> HTMLResponse:
    """The page of a visit, with what was typed into one of its forms where that was refused.

    Raises:
        NotFoundError: there is no such visit to see.
    """
    with parts.database.reading() as connection:
        found = find_visit(connection, viewer.scope, of.visit, of.record)
        if found is None:
            raise NotFoundError
        opened = Opened(found.record, found.summary.digest, found.received_at_ms, found.summary.band)
        edited = to_edit(connection, viewer.scope, opened)
        case = case_of_visit(connection, viewer.scope, found.summary.digest)
        growing = cases_to_join(connection, viewer, [found.summary])
        beside = find_beside(connection, viewer.scope, found.summary.digest)
        neighbours = () if beside is None else neighbours_of(connection, viewer.scope, beside)
        notes = notes_of(connection, viewer.scope, found.summary.digest)
        rule_set = rules_by_which(connection, found.verdict.rules)
        desk = desk_of(connection, parts, case, viewer, typed, refused)
    limits = limits_of(rule_set or shipped_rules(EVIDENCE_IDS))
    drawn = timeline(found.record, limits, parts.zone)
    correction = correction_of(viewer, parts, edited, returned)
    return page(
        request,
        "visit.html",
        max(desk.status, correction.status),
        found=found,
        case=case,
        growing=growing,
        desk=desk,
        action=f"/visits/{of.visit}/steps?record={found.summary.digest}",
        correction=correction,
        edit_action=f"/visits/{of.visit}/edits?record={found.summary.digest}",
        codes={reason: sorted(PAIRED[reason]) for reason in Reason if reason is not Reason.ENTERED_IN_ERROR},
        fields=Field,
        edit_places=tuple(Place),
        catalogue=tuple(dict.fromkeys((*service_items(), *correction.found.captured.items))),
        drawn=drawn,
        known_by=known_by(found.record, limits),
        not_confirmed=NOT_CONFIRMED,
        listed=in_order(drawn),
        reasons=reasons_of(found.verdict),
        sentence=sentence_of(found.verdict),
        unobserved=unobserved_of(found.verdict),
        raised=[raised_in_words(exception, rule_set) for exception in found.summary.raised],
        usual=None if rule_set is None else rule_set.thresholds,
        before_rules=BEFORE_RULES,
        neighbours=neighbours,
        notes=notes,
        places=place_map(found.record),
    )
