"""Requests as PDF: archivable and accessible, the same bytes for the same request."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime

from comity.analysis.finding import Finding
from comity.cooperation.request import Request
from comity.exchange.letter import Letterhead, compose
from comity.exchange.typesetting import typeset
from comity.terms.canonical import Json


def pdf(
    request: Request, letterhead: Letterhead, *, at: datetime, findings: Sequence[Finding] = (), sheet: bool = True, signed: str = ""
) -> bytes:
    """Return `request` as a letter in PDF/A-2a and PDF/UA-1, dated `at`.

    Case text goes in as data and is never read as markup. The typefaces show Latin, Greek, Cyrillic, Arabic, Chinese,
    Japanese and Korean writing; any other character is printed as ⟨U+…⟩ with a remark, never as an empty box.
    With `sheet`, a last page tells the signing officer the route, what was rejected, and what is missing. `signed`: see `compose`.

    StateError when the document cannot be set.
    """
    letter = compose(request, letterhead, at=at, findings=findings, signed=signed)
    content: dict[str, Json] = json.loads(json.dumps(dataclasses.asdict(letter)))
    return typeset("request.typ", content, what=f"request {request.identity}", inputs={"sheet": "yes" if sheet else "no"}, at=at)
