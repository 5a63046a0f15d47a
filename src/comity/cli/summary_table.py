"""The end of an investigation on the terminal: what there is, what was found, and what to ask for today."""

import os
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console

from comity.analysis.finding import SUPPORTING
from comity.cli import render
from comity.terms.canonical import Json

_MOST_FINDINGS = 12
_MOST_REQUESTS = 20
_STRENGTHS = ("strong", "moderate", "weak")


def show(summary: Mapping[str, Json]) -> None:
    """Print the tables of a case summary (see `casework.summary`)."""
    out = render.console()
    case = _object(summary["case"])
    out.print(f"\nCase {case['identity']}  {render.safe(str(case['title']))}  ({render.safe(str(case['folder']))})\n")
    _counts(out, summary)
    _findings(out, _objects(summary["findings"]))
    show_requests(summary, questions=False)
    folder, program = _folder(summary), render.program()
    out.print(f"\nReport:   {render.safe(str(case['report']))}")
    out.print(f"Why:      {program} explain {folder} FINDING|REQUEST")
    out.print(f"Hand on:  {program} seal {folder} -o bundle.zip\n")


def show_requests(summary: Mapping[str, Json], *, questions: bool) -> None:
    """Print who is asked for what, most perishable first; with `questions` also what is missing and what was left out."""
    out = render.console()
    requests = _objects(summary["requests"])
    if not requests:
        out.print("Ask for this today: nothing yet. No finding names, for certain, something that is kept in another state.")
    else:
        shown = requests if questions else requests[:_MOST_REQUESTS]
        rows = [_request_row(request) for request in shown]
        headings = ("request", "state", "custodian", "to be preserved", "likely to live until", "standing")
        out.print(render.table("Ask for this today (most perishable first)", headings, rows))
        if len(shown) < len(requests):
            out.print(f"… and {len(requests) - len(shown)} more: {render.program()} requests {_folder(summary)}")
    for request in requests if questions else ():
        out.print(f"\n{request['identity']}: {render.safe(_file(request))}")
        if signed := _object(request["files"]).get("signed"):
            out.print(render.safe(f"  signed: {signed}"))
        for told, fields in _objections(request).items():
            out.print(render.safe(f"  {told} ({', '.join(fields)})"))
        for question in _list(request["missing"]):
            out.print(render.safe(f"  open: {question}"))
    left_out = _list(summary["left_out"])
    if left_out and questions:
        out.print("\nAt home, without a route, or left out:")
        for line in left_out:
            out.print(render.safe(f"  {line}"))
    elif left_out:
        where = f"{render.program()} requests {_folder(summary)}"
        out.print(f"\n{len(left_out)} further points (at home, without a route, left out): {where}")


def _counts(out: Console, summary: Mapping[str, Json]) -> None:
    exhibits = _objects(summary["exhibits"])
    rows = [("exhibits", f"{len(exhibits):,}", f"{sum(_number(one['size']) for one in exhibits):,} bytes preserved")]
    if summary["coverage"] is not None:
        bytes_ = _object(_object(summary["coverage"])["acquired"])
        told = f"{_number(bytes_['parsed']):,} read, {_number(bytes_['not_parsed']):,} named as not read"
        rows.append(("bytes accounted for", f"{_number(bytes_['bytes']):,}", told))
    read = Counter(str(one["parser"] or "") for one in exhibits if one["kind"] == "file")
    rows += [(f"records: {name}", f"{_number(count):,}", "") for name, count in _object(summary["records"]).items() if count]
    unread = Counter(str(one["type"]) for one in exhibits if one["kind"] == "file" and not one["parser"])
    rows.append(("exhibits not understood", f"{read['']:,}", ", ".join(f"{kind} ×{count}" for kind, count in unread.most_common(6))))
    codes = Counter({str(one["code"]): _number(one["count"]) for one in _objects(summary["defects_by_code"])})
    rows.append(("defects", f"{codes.total():,}", ", ".join(f"{code} ×{count}" for code, count in codes.most_common(6))))
    for one in _objects(summary["clocks"]):
        rows.append((f"clock: {one['device']}", "", f"{one['ahead']} (exhibits {one['exhibits']}); applied to no record"))
    strengths = Counter(str(one["strength"]) for one in _objects(summary["findings"]))
    told = ", ".join(f"{strengths[strength]} {strength}" for strength in _STRENGTHS)
    rows.append(("findings", f"{strengths.total():,}", told))
    out.print(render.table("", ("what", "how many", ""), rows, right=(1,)))


def _findings(out: Console, findings: Sequence[Mapping[str, Json]]) -> None:
    told = [one for one in findings if one["strength"] != "weak" and not str(one["kind"]).startswith(SUPPORTING)]
    if not told:
        return
    rows = [(str(one["identity"]), str(one["strength"]), _when(one), str(one["title"])) for one in told[:_MOST_FINDINGS]]
    out.print(render.table("\nFound", ("finding", "strength", "when (UTC)", "what"), rows))
    if len(told) > _MOST_FINDINGS:
        out.print(f"… and {len(told) - _MOST_FINDINGS} more strong or moderate ones in the report")


def _when(finding: Mapping[str, Json]) -> str:
    """Return the time of `finding`, as a day where its records know only that."""
    by_day = any(one["precision"] == "day" for one in _objects(finding["involved"]) if one["at"] == finding["at"])
    return str(finding["at"] or "no time")[: 10 if by_day else 19]


def _request_row(request: Mapping[str, Json]) -> tuple[str, ...]:
    items = list(dict.fromkeys(str(_object(item["selector"])["value"]) for item in _objects(request["items"])))
    shown = ", ".join(items[:4]) + (f" and {len(items) - 4} more" if len(items) > 4 else "")  # noqa: PLR2004 - what fits a line
    return (
        str(request["identity"]),
        str(request["requested_state"]),
        str(request["custodian"] or "not known by name"),
        shown,
        _life(request),
        f"{request['standing']}{', signed' if 'signed' in _object(request['files']) else ''}",
    )


def _objections(request: Mapping[str, Json]) -> Mapping[str, list[str]]:
    """Return what the linter says, each thing once, with the fields it is said of."""
    said: dict[str, list[str]] = {}
    for one in _objects(request["objections"]):
        told = f"{'blocks' if one['blocking'] else 'note'}: {one['text']} {one['remedy']}"
        said.setdefault(told, []).append(str(one["field"]))
    return said


def _life(request: Mapping[str, Json]) -> str:
    """Return the deadline, or by when the data is likely to be gone and on what grounds that is said."""
    if request["perishes"]:
        return f"by {request['perishes']} (law)"
    if request["likely_gone"] is None:
        return "not known: ask today"
    past = ", past: ask at once" if str(request["likely_gone"]) < str(request["on"]) else ""
    return f"{request['likely_days']} days after the act: {request['likely_gone']} (estimate{past})"


def _file(request: Mapping[str, Json]) -> str:
    return str(_object(request["files"])["pdf"])


def _folder(summary: Mapping[str, Json]) -> str:
    return _shown_path(str(_object(summary["case"])["folder"]))


def _shown_path(path: str) -> str:
    """Return `path` as it can be given back to a shell, relative where that is shorter."""
    return render.safe(shlex.quote(min(path, os.path.relpath(path), key=len)))


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    return value


def _list(value: Json) -> Sequence[Json]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError("not an array")
    return value


def _objects(value: Json) -> Sequence[Mapping[str, Json]]:
    return [_object(one) for one in _list(value)]


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0
