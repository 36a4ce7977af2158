"""Every view that may be asked about."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ingest_server.queries.columns import View
from ingest_server.queries.view_edits import EDITS
from ingest_server.queries.view_trail import TRAIL
from ingest_server.queries.views_cases import CASE_STEPS, CASES
from ingest_server.queries.views_exceptions import EXCEPTIONS
from ingest_server.queries.views_subjects import AGENCIES, CAREGIVERS, DEVICES, RECIPIENTS
from ingest_server.queries.views_visits import VISITS

VIEWS: Final[Mapping[str, View]] = MappingProxyType({
    view.name: view
    for view in (VISITS, EXCEPTIONS, EDITS, CASES, CASE_STEPS, CAREGIVERS, AGENCIES, RECIPIENTS, DEVICES, TRAIL)
})  # fmt: skip
