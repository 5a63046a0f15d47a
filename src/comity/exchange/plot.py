"""Plots of the report: SVG without script, each with a title and a description, coloured by the report's style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from comity.analysis.finding import Finding
from comity.cooperation.request import Request, Standing
from comity.exchange.case_view import ActivityCount
from comity.exchange.visible_text import moment, prose, state_name

_WIDTH = 960
_LABELS = 172
_LANE = 58
_MOST_BUCKETS = 400
_MOST_REQUESTS = 24


def activity(counts: Sequence[ActivityCount], *, bucket: timedelta, findings: Sequence[Finding]) -> Markup:
    """Return the number of records per bucket, one lane per kind on one time axis, and where findings lie; "" without counts.

    Each lane has its own scale, written beside it. More than 400 buckets are shown by the busiest 400 next to each other in
    time; the description says so.
    """
    starts = sorted({count.start for count in counts})
    if not starts:
        return Markup()
    shown = _busiest_run(counts, starts, bucket=bucket)
    first, end = shown[0], shown[-1] + bucket
    kinds = sorted({count.kind for count in counts if count.count and first <= count.start < end})
    axis = _Axis(first=first, end=end)
    height = 30 + _LANE * len(kinds) + 34
    parts = [_finding_marks(findings, axis=axis, height=height)]
    for lane, kind in enumerate(kinds):
        inside = [count for count in counts if count.kind == kind and count.count and first <= count.start < end]
        parts.append(_lane(kind, inside, top=30 + lane * _LANE, axis=axis, bucket=bucket))
    parts.append(axis.ticks(height - 20))
    narrowed = (
        "" if len(shown) == len(starts) else f" Only the busiest period is drawn: {len(shown)} of {len(starts)} intervals with records."
    )
    description = f"Number of records per {_interval(bucket)}, from {first:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC.{narrowed}"
    return _svg("activity", "Activity over time", description, height=height, body=Markup().join(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    first: datetime
    end: datetime

    def place(self, at: datetime) -> float:
        share = (at - self.first) / (self.end - self.first)
        return _LABELS + share * (_WIDTH - _LABELS - 12)

    def ticks(self, y: float) -> Markup:
        parts = []
        for number in range(6):
            at = self.first + (self.end - self.first) * number / 5
            anchor = "start" if number == 0 else "end" if number == 5 else "middle"  # noqa: PLR2004 - the last of six
            text = f"{at:%Y-%m-%d}" if self.end - self.first > timedelta(days=5) else f"{at:%m-%d %H:%M}"
            parts.append(
                Markup('<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(self.place(at), y + 14, anchor, text)
            )
        line = Markup('<line class="axis" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>').format(_LABELS, _WIDTH - 12, y=y)
        return line + Markup().join(parts)


def _busiest_run(counts: Sequence[ActivityCount], starts: Sequence[datetime], *, bucket: timedelta) -> Sequence[datetime]:
    """Return the starts to draw: all, or those in the busiest window of 400 buckets."""
    window = bucket * _MOST_BUCKETS
    if starts[-1] - starts[0] < window:
        return starts
    per_start: dict[datetime, int] = {}
    for count in counts:
        per_start[count.start] = per_start.get(count.start, 0) + count.count
    best, total, low, chosen = -1, 0, 0, (0, 1)
    for high, start in enumerate(starts):
        total += per_start[start]
        while start - starts[low] >= window:
            total -= per_start[starts[low]]
            low += 1
        if total > best:
            best, chosen = total, (low, high + 1)
    return starts[chosen[0] : chosen[1]]


def _lane(kind: str, counts: Sequence[ActivityCount], *, top: int, axis: _Axis, bucket: timedelta) -> Markup:
    highest = max(count.count for count in counts)
    total = sum(count.count for count in counts)
    floor = top + _LANE - 12
    parts = [
        Markup('<text class="label" x="{}" y="{}" text-anchor="end">{}</text>').format(_LABELS - 12, top + 22, kind),
        Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{:,} in all, top {:,}</text>').format(
            _LABELS - 12, top + 38, total, highest
        ),
        Markup('<line class="axis" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(_LABELS, _WIDTH - 12, y=floor),
    ]
    for count in counts:
        left, right = axis.place(count.start), axis.place(count.start + bucket)
        tall = max(1.5, (_LANE - 18) * count.count / highest)
        parts.append(
            Markup('<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}: {:,} {}</title></rect>').format(
                left, floor - tall, max(0.8, right - left - 0.6), tall, moment(count.start), count.count, kind
            )
        )
    return Markup().join(parts)


def _finding_marks(findings: Sequence[Finding], *, axis: _Axis, height: int) -> Markup:
    marks = []
    for finding in findings:
        if finding.at is None or not axis.first <= finding.at < axis.end:
            continue
        x = axis.place(finding.at)
        marks.append(
            Markup(
                '<a href="#{}"><title>{}: {}</title><line class="mark {}" x1="{x:.1f}" x2="{x:.1f}" y1="14" y2="{}"/>'
                '<circle class="mark {}" cx="{x:.1f}" cy="12" r="5"/></a>'
            ).format(
                finding.identity, finding.identity, prose(finding.title, limit=120), finding.strength, height - 20, finding.strength, x=x
            )
        )
    label = Markup('<text class="label" x="{}" y="17" text-anchor="end">findings</text>').format(_LABELS - 12)
    return label + Markup().join(marks) if marks else Markup()


def _interval(bucket: timedelta) -> str:
    if bucket % timedelta(days=1) == timedelta(0):
        return "day" if bucket.days == 1 else f"{bucket.days} days"
    if bucket % timedelta(hours=1) == timedelta(0):
        hours = bucket // timedelta(hours=1)
        return "hour" if hours == 1 else f"{hours} hours"
    return f"{bucket // timedelta(minutes=1)} minutes"


def request_map(requests: Sequence[Request], *, authority: str, state: str) -> Markup:
    """Return who is asked for what: the requesting unit, the states, the custodians with the number of items; "" without requests."""
    if not requests:
        return Markup()
    shown = requests[:_MOST_REQUESTS]
    states: dict[str, list[Request]] = {}
    for request in shown:
        states.setdefault(request.requested_state, []).append(request)
    row = 58
    height = 16 + row * len(shown) + 8
    middle = 16 + row * len(shown) / 2 - 23
    parts = [_box(8, middle, 216, authority, state_name(state), kind="home")]
    top = 16
    for code, group in states.items():
        centre = top + row * len(group) / 2 - 23
        parts.append(_wire(224, middle + 21, 330, centre + 21))
        parts.append(
            _box(
                330,
                centre,
                170,
                state_name(code),
                group[0].article and f"{group[0].instrument.upper()} Art. {group[0].article}",
                kind="state",
            )
        )
        for request in group:
            parts.append(_wire(500, centre + 21, 590, top + 21))
            items = f"{len(request.items)} item{'s' if len(request.items) != 1 else ''} · {request.standing}"
            box = _box(
                590,
                top,
                362,
                request.custodian or "custodian unknown",
                items,
                kind="ready" if request.standing is Standing.READY else "held",
            )
            parts.append(Markup('<a href="#{}">{}</a>').format(request.identity, box))
            top += row
    more = "" if len(shown) == len(requests) else f" {len(requests) - len(shown)} further requests are listed above."
    description = f"{len(requests)} requests to {len({r.requested_state for r in requests})} states.{more}"
    return _svg("map", "Who is asked for what", description, height=height, body=Markup().join(parts))


def _box(x: float, y: float, width: float, head: str, below: str, *, kind: str) -> Markup:
    room = int(width / 7.6)
    return Markup(
        '<g class="box {}"><title>{}</title><rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="42" rx="4"/>'
        '<text class="label" x="{:.1f}" y="{:.1f}">{}</text><text class="tick" x="{:.1f}" y="{:.1f}">{}</text></g>'
    ).format(kind, prose(head, limit=200), x, y, width, x + 10, y + 18, shorten(head, room), x + 10, y + 34, shorten(below, room + 3))


def _wire(x1: float, y1: float, x2: float, y2: float) -> Markup:
    bend = (x1 + x2) / 2
    return Markup('<path class="wire" d="M{:.1f} {:.1f} C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}"/>').format(
        x1, y1, bend, y1, bend, y2, x2, y2
    )


def shorten(text: str, room: int) -> str:
    """Return `prose(text)` in at most `room` characters, cut in the middle of nothing but at the end, with an ellipsis."""
    shown = prose(text, limit=None)
    return shown if len(shown) <= room else shown[: room - 1] + "…"


def _svg(name: str, title: str, description: str, *, height: float, body: Markup) -> Markup:
    return Markup(
        '<svg class="plot" role="group" aria-labelledby="{n}-title {n}-description" viewBox="0 0 {} {:.0f}" xmlns="http://www.w3.org/2000/svg">'
        '<title id="{n}-title">{}</title><desc id="{n}-description">{}</desc>{}</svg>'
    ).format(_WIDTH, height, title, escape(description), body, n=f"plot-{name}")
