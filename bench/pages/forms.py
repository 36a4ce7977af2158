"""The forms of a page, read as a browser reads them: what is sent is what stands there, and what somebody typed."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageForm:
    """A form: where it goes, what it sends, and what its buttons of the name ``does`` say."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    does: list[str] = field(default_factory=list)


def forms_of(page: str) -> list[PageForm]:
    """Every form of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def form_that(page: str, does: str) -> PageForm | None:
    """The form with the button that does something; ``None`` where the page offers no such step.

    Other forms are not read: to read a whole page costs as much as to make it, and takes that from the same cores.
    """
    told = (form for form in page.split("</form>") if f'value="{does}"' in form)
    return next((form for part in told for form in forms_of(part[part.rfind("<form") :]) if does in form.does), None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(told.get("action", "")))
        elif self.forms and tag == "button" and told.get("name") == "does":
            self.forms[-1].does.append(told["value"])
        elif self.forms and tag in {"input", "textarea"} and "name" in told:
            self.forms[-1].fields[told["name"]] = told.get("value", "")
