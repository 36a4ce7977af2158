"""The fund's list is read whole or refused with its line."""

import pytest

from ingest_server.authenticity.registry import parse_registry
from ingest_server.authenticity.strata import ItemMix, item_mix, stratum_of
from ingest_server.errors import RegistryError
from tests.visit_record.examples import honest_visit
from visit_record.catalogue import service_items

HEADER = b"recipient,disability_level\n"
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "line 1"),
    "other header": (b"id,level\nr-1,3\n", "line 1: there is no column 'recipient'"),
    "no level": (HEADER + b"r-1,3\nr-2\n", "line 3: 1 cells"),
    "a cell too many": (HEADER + b"r-1,3\nr-2,3,4\n", "line 3: 3 cells, and the first line names 2"),
    "level that is none": (HEADER + b"r-1,7\n", "line 2: '7' is no disability level: 0 to 6"),
    "level in words": (HEADER + b"r-1,severe\n", "line 2"),
    "level with a sign": (HEADER + b"r-1,+3\n", "line 2"),
    "id that is none": (HEADER + b"r-1,3\n../x,3\n", "line 3: '../x' is no id"),
    "twice": (HEADER + b"r-1,3\nr-2,4\nr-1,3\n", "line 4: r-1 stands in line 2 already"),
    "open quotation": (HEADER + b'r-1,3\n"r-2,4\n', "line 3"),
    "another encoding": (HEADER + b"r-1,3\n" + "失能".encode("gb18030") + b",3\n", "line 3: this is no UTF-8"),
    "not text": (HEADER + b"r-\x00,3\n", "line 2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_list_is_refused_with_its_line(case: str) -> None:
    content, said = REFUSED[case]
    with pytest.raises(RegistryError, match=said.replace("(", r"\(").replace(".", r"\.")):
        parse_registry(content)


def test_list_of_a_spreadsheet_is_read() -> None:
    content = b"\xef\xbb\xbfname,disability_level , recipient\r\nx, 5 ,r-1\r\n\r\n,,\r\ny,0,r-2,,\r\n"
    assert parse_registry(content) == {"r-1": 5, "r-2": 0}


def test_mix_is_what_most_minutes_go_to() -> None:
    items = service_items()
    assert item_mix(["feeding", "bed_making", "vital_signs"], items) is ItemMix.LIVING
    assert item_mix(["sponge_bath", "medication"], items) is ItemMix.HYGIENE
    assert item_mix(["wound_dressing", "bed_making"], items) is ItemMix.CLINICAL
    assert item_mix(["oral_care", "vital_signs"], items) is ItemMix.CLINICAL
    assert item_mix([], items) is ItemMix.NONE
    assert item_mix(["a_regions_own"], items) is ItemMix.LIVING


def test_stratum_goes_by_the_order_and_an_unknown_level_is_its_own() -> None:
    assert stratum_of(honest_visit(), None, service_items()) == "?/living"
    assert stratum_of(honest_visit(), 4, service_items()) == "4/living"
