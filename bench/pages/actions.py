"""The steps of the queue, sent by form as its pages send them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import httpx

from bench.pages.forms import PageForm, form_that
from bench.pages.timing import Timed

# One visit's round: whatever is done is undone, so that a store may be measured again.
ROUND = ("take", "undo", "snooze", "undo", "close:false_alarm", "undo")
NOTE = "bench"


def actions(browser: httpx.Client, visits: Iterable[str]) -> Mapping[str, Timed]:
    """Each step's answers, by its name; the page that it is sent from is not counted in."""
    timed = {does: Timed() for does in ROUND}
    for visit in visits:
        for does in ROUND:
            page = browser.get(f"/visits/{visit}")
            form = form_that(page.text, does)
            if form is None:
                timed[does].note(page.status_code if page.is_error else httpx.codes.NOT_FOUND, 0.0)
                break
            sent = filled(form, does)
            timed[does].add(lambda form=form, sent=sent: browser.post(form.action, data=sent))  # type: ignore[misc]
    return timed


def filled(form: PageForm, does: str) -> dict[str, str]:
    """What a form sends when somebody typed what it asks for and pressed a button."""
    typed = {"note": NOTE, "until": (datetime.now(UTC) + timedelta(days=3)).date().isoformat()}
    return {name: typed.get(name) or value for name, value in form.fields.items()} | {"does": does}
