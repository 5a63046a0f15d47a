"""The report: one HTML page that explains the case to a person, without script and without a network.

Source: Content Security Policy Level 3 (the page forbids itself everything but its own style); WCAG 2.2.
"""

import base64
import hashlib
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from comity.analysis.finding import Finding, Strength
from comity.cooperation.request import Standing
from comity.evidence.exhibit import Exhibit
from comity.exchange import plot
from comity.exchange.case_view import CaseView
from comity.exchange.letter import instrument_title, source_title
from comity.exchange.payment_plot import numbered, payment_flow
from comity.exchange.visible_text import amount_of_bytes, long_date, moment, prose, state_name, visible
from comity.observables import Trace

_TEMPLATES: Final = Path(__file__).parent / "templates"
_MOST_FINDINGS: Final = 200
_MOST_TRACES: Final = 12
_MOST_ROWS: Final = 200
_MOST_EXHIBITS: Final = 200
_STANDING: Final = {
    Standing.READY: "ready to be signed",
    Standing.INCOMPLETE: "incomplete: not to be signed",
    Standing.DRAFT_LAW: "rests on unverified law: not to be signed",
}


def render(view: CaseView) -> bytes:
    """Return the report of `view` as UTF-8 HTML; the same view gives the same bytes.

    Text from evidence is escaped, its addresses made unclickable, its control and direction characters written as code
    points, and its length bounded. Long tables are cut and say how much is left and where it is kept.
    """
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    drawn = numbered(view.payments)
    findings = view.findings[:_MOST_FINDINGS]
    exhibits = _Exhibits(view)
    environment = _environment()
    page = environment.get_template("report.html.jinja").render(
        view=view,
        style=Markup(style),  # noqa: S704 - our own style sheet, not evidence
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        activity=plot.activity(view.activity, bucket=view.activity_bucket, findings=findings),
        request_map=plot.request_map(view.requests, authority=view.authority, state=view.state),
        payments=drawn,
        payment_flow=payment_flow(drawn),
        findings=findings,
        shown=frozenset(finding.identity for finding in findings),
        strengths=tuple((strength, [f for f in findings if f.strength is strength]) for strength in Strength),
        exhibits=exhibits.listed,
        exhibit_count=len(view.exhibits),
        exhibit_bytes=exhibits.bytes,
        names=exhibits,
    )
    return page.encode("utf-8")


class _Exhibits:
    """The exhibits the page lists, and what an exhibit number in a trace stands for."""

    def __init__(self, view: CaseView) -> None:
        referred = _referred(view)
        self._by_number: dict[str, Exhibit] = {}
        others: list[Exhibit] = []
        self.bytes = 0
        for exhibit in view.exhibits:
            self.bytes += exhibit.size
            if exhibit.number in referred:
                self._by_number[exhibit.number] = exhibit
            elif len(others) < _MOST_EXHIBITS:
                others.append(exhibit)
        others = others[: max(0, _MOST_EXHIBITS - len(self._by_number))]
        self.listed = sorted([*self._by_number.values(), *others], key=lambda exhibit: (len(exhibit.number), exhibit.number))
        self._children = {child.number: child.name for child in view.children[:_MOST_ROWS]}

    def name(self, trace: Trace) -> str:
        """Return the name of the exhibit `trace` lies in, or of the acquired exhibit around it."""
        around = self._by_number.get(trace.exhibit.partition(".")[0])
        return self._children.get(trace.exhibit) or (around.name if around else "")

    def anchor(self, trace: Trace) -> str:
        """Return the number of the exhibit row to link to: the exhibit's own, else that of the acquired one."""
        return trace.exhibit if trace.exhibit in self._children else trace.exhibit.partition(".")[0]

    def command(self, trace: Trace) -> str:
        """Return a command that prints the bytes of `trace` from the case folder without this program; "" inside containers."""
        exhibit = self._by_number.get(trace.exhibit)
        if exhibit is None or exhibit.location is None or trace.member:
            return ""
        start = exhibit.location.offset + trace.offset
        return f"tail -c +{start + 1} {exhibit.location.path} | head -c {trace.length}"


def _referred(view: CaseView) -> set[str]:
    """Return the numbers of the acquired exhibits that findings, timeline, defects or inferred facts point to."""
    traces: list[Trace] = [trace for finding in view.findings for trace in finding.traces[:_MOST_TRACES]]
    traces += [row.trace for row in view.timeline[:_MOST_ROWS]] + [row.trace for row in view.defects[:_MOST_ROWS]]
    return {trace.exhibit.partition(".")[0] for trace in traces}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        evidence=_evidence, plain=visible, prose=prose, moment=moment, state=state_name, size=amount_of_bytes, instrument=instrument_title,
        source=source_title,
        day=long_date, standing=lambda request: _STANDING[request.standing], span=_span, by_exhibit=_by_exhibit,
        involved=_involved,
    )  # fmt: skip
    environment.globals.update(most_traces=_MOST_TRACES, most_rows=_MOST_ROWS)
    return environment


def _evidence(text: str, limit: int = 4000) -> Markup:
    """Return text that comes from evidence, safe to read, and isolated from the direction of what stands around it."""
    return Markup("<bdi>{}</bdi>").format(prose(text, limit=limit))


def _span(trace: Trace) -> str:
    """Return where in its exhibit `trace` lies: first byte, last byte and length."""
    last = f" to {trace.offset + trace.length - 1:,}" if trace.length > 1 else ""
    return f"{trace.offset:,}{last} ({trace.length:,})"


def _by_exhibit(traces: Iterable[Trace]) -> list[list[Trace]]:
    """Return `traces` in groups of neighbours that lie in the same exhibit."""
    return [list(group) for _, group in groupby(traces, key=lambda trace: (trace.exhibit, trace.member))]


def _involved(finding: Finding) -> list[tuple[str, str, str]]:
    """Return role, value and instant of each selector a finding names, each pair of role and value once."""
    seen: dict[tuple[str, str], str] = {}
    for one in finding.involved:
        when = moment(one.at, one.precision)
        if one.port is not None:
            when += f", port {one.port}"
        seen.setdefault((one.role, one.selector.value), when)
    return [(role, value, when) for (role, value), when in seen.items()]
