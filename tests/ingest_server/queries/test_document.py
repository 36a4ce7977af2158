"""The document of the views is what the code says."""

from pathlib import Path

from ingest_server.queries.document import document

DOCUMENT = Path(__file__).parents[3] / "docs" / "views.md"


def test_document_says_what_the_views_are() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "write what `queries.document.document()` gives to docs/views.md"
