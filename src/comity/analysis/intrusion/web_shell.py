"""Programs that visitors put on a web server and came back to use."""

from datetime import timedelta

import polars as pl

from comity.analysis.event_traces import ORDER, TRACE, chosen, clock_limits, counted, involved, listed, span, traces
from comity.analysis.finding import Finding, Involved, Reason, Strength
from comity.analysis.intrusion import patterns
from comity.analysis.intrusion.requests import COLUMNS

METHOD = "intrusion.web_shell"
VERSION = "1"

SOON = timedelta(hours=24)
"""A script counts as uploaded when its first visitor posted to an upload page no longer before."""
FEW = 3
"""A page that more addresses use is the site's own."""

_LIMITS = (
    "The log does not show what the page does; a copy of the file would.",
    "The body of a POST is not logged, so what was uploaded is not seen.",
)
_OK, _REDIRECT, _REFUSED = 200, 300, 400
_UPLOAD = r"(?i)upload|filemanager|fckeditor|elfinder|import|media-new|plugin-install|theme-install|connector"


def find(requests: pl.LazyFrame, tried: pl.DataFrame) -> tuple[Finding, ...]:
    """Return a finding per page of `requests` that was used like a web shell, given the attempts `tried` among them.

    A page is looked at when it was put there (PUT), lies as a program where uploads are kept, or bears a shell's name or is
    given commands, and was answered with success to at most FEW addresses. STRONG: its first visitor had uploaded something
    or put it there before; or it was given commands and used three times or more. MODERATE: it was given commands less often.
    """
    status = pl.col("http.response.status_code")
    put = tried.filter(pl.col("attack").list.contains("script_put") & (status < _REFUSED))
    commanded = tried.filter(pl.col("attack").list.contains("web_shell") & (pl.col("answer").is_in(["differing", "unmeasured"])))
    lowered = pl.col("url.original").str.to_lowercase()
    kept = requests.filter(lowered.str.contains(r"^[^?]*\.(?:php|phtml|phar|asp|ashx|jsp|cgi)") & (status >= _OK) & (status < _REDIRECT))
    uploaded = (
        kept.filter(lowered.str.contains(rf"^[^?]*{patterns.UPLOAD_FOLDER}")).select("site", "path").unique().collect(engine="streaming")
    )
    uploaded = uploaded.filter(
        pl.Series([bool(patterns.UPLOADED_SCRIPT.search(path[:2000].lower())) for path in uploaded["path"]], dtype=pl.Boolean)
    )
    pages = pl.concat([uploaded, put.select("site", "path"), commanded.select("site", "path")]).unique()
    if pages.is_empty():
        return ()
    visited = kept.join(pages.lazy(), on=["site", "path"], how="semi")
    visitors = visited.select("site", "path", "source.ip").unique().group_by("site", "path").len("visitors")
    by_few = visitors.filter(pl.col("visitors") <= FEW).collect(engine="streaming")
    used = kept.join(by_few.lazy(), on=["site", "path"], how="semi").select(*COLUMNS, "site")
    used_frame = used.collect(engine="streaming").sort(*ORDER, nulls_last=True)
    uploads = _uploads(requests, used_frame)
    found = []
    for page in used_frame.partition_by("site", "path", maintain_order=True):
        finding = _page(page, uploads, put, commanded)
        if finding is not None:
            found.append(finding)
    return tuple(found)


def _uploads(requests: pl.LazyFrame, used: pl.DataFrame) -> pl.DataFrame:
    posted = (pl.col("http.request.method") == "POST") & pl.col("url.original").str.contains(_UPLOAD)
    accepted = pl.col("http.response.status_code") < _REFUSED
    return (
        requests.filter(posted & accepted)
        .join(used.lazy().select("site", "source.ip").unique(), on=["site", "source.ip"], how="semi")
        .select(*COLUMNS, "site")
        .collect(engine="streaming")
        .sort(*ORDER, nulls_last=True)
    )


def _page(page: pl.DataFrame, uploads: pl.DataFrame, put: pl.DataFrame, commanded: pl.DataFrame) -> Finding | None:
    first = page.row(0, named=True)
    here = (pl.col("site") == first["site"]) & (pl.col("path") == first["path"])
    before = uploads.filter(
        (pl.col("site") == first["site"]) & (pl.col("source.ip") == first["source.ip"]) & (pl.col("path") != first["path"])
    )
    if first["@timestamp"] is not None:
        before = before.filter((pl.col("@timestamp") <= first["@timestamp"]) & (pl.col("@timestamp") >= first["@timestamp"] - SOON))
    placed, told = put.filter(here), commanded.filter(here)
    if before.is_empty() and placed.is_empty() and told.is_empty():
        return None
    reasons = [Reason(code="page_used", text=f"{first['path'][:160]} was answered with success {counted(page.height, 'time')}.")]
    if before.height:
        row = before.row(before.height - 1, named=True)
        reasons.append(Reason(code="uploaded_before", text=f"Its first visitor had posted to {row['path'][:160]} shortly before."))
    if placed.height:
        reasons.append(Reason(code="put_before", text="It was put there by a PUT or MOVE request that the server accepted."))
    if told.height:
        reasons.append(
            Reason(
                code="commands_given", text=f"{counted(told.height, 'request')} gave it a system command or called it by a shell's name."
            )
        )
    strong = bool(before.height or placed.height or (told.height and page.height >= FEW))
    sources = page["source.ip"].drop_nulls().unique(maintain_order=True).to_list()
    quoted = pl.concat([chosen(each.select(TRACE), most=15) for each in (before, placed, told, page)])
    return Finding(
        kind="intrusion.web_shell",
        title=f"A page used like a web shell: {first['path'][:100]}",
        statement=(
            f"The page {first['path'][:160]} was used {counted(page.height, 'time')} from {listed(sources)}, "
            + ("after an upload from the same address." if before.height or placed.height else "with commands to the system.")
        ),
        strength=Strength.STRONG if strong else Strength.MODERATE,
        reasons=tuple(reasons),
        traces=traces(quoted),
        method=METHOD,
        method_version=VERSION,
        at=span(page)[0],
        until=span(page)[1],
        involved=_visitors(page),
        limits=(*_LIMITS, *clock_limits(page)),
    )


def _visitors(page: pl.DataFrame) -> tuple[Involved, ...]:
    firsts = page.unique("source.ip", keep="first", maintain_order=True).iter_rows(named=True)
    return tuple(each for row in firsts for each in involved(row, role="web shell user"))
