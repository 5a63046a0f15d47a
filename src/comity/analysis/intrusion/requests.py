"""Web requests as columns: which try to exploit something, and how the site ordinarily answers."""

import math
from collections.abc import Callable

import polars as pl

from comity.analysis.event_traces import ORDER, TRACE
from comity.analysis.intrusion import patterns

COLUMNS = (
    *TRACE, "@timestamp", "event.precision", "event.clock", "source.ip", "source.port", "host.name", "http.request.method", "url.original",
    "http.response.status_code", "http.response.body.bytes", "user_agent.original", "path",
)  # fmt: skip

SAME_ANSWER_PATHS = 3
"""A status and size given for so many different paths is the site's general answer, not one to this request."""

ALIKE = 0.05
"""Sizes that differ by no more than this share are alike: a page that says "not found" with success repeats what was asked for."""
ALIKE_THINGS = 5
"""A source that got answers of like size for so many different things, each at another path, got one page for all of them."""

_OK, _REDIRECT = 200, 300


def web_requests(events: pl.LazyFrame) -> pl.LazyFrame:
    """Return the web requests in `events` with `path`, the target up to the question mark, and `site`, what answers together."""
    return events.filter((pl.col("event.category") == "web") & pl.col("url.original").is_not_null()).with_columns(
        pl.col("url.original").str.split("?").list.first().alias("path"),
        pl.concat_str("trace.exhibit", "trace.member", pl.col("host.name").fill_null(""), separator="|").alias("site"),
    )


def attempts(requests: pl.LazyFrame) -> pl.DataFrame:
    """Return the requests that try to exploit something: COLUMNS, site, and `attack`, the codes of the classes, as a list.

    Each distinct target and header is looked at once; of the rest nothing is taken out of its column.
    """
    targets = _matches(requests, "url.original", patterns.CANDIDATE, patterns.attacks_in)
    header_words = ("${", "()", "%24%7b", "%24{")
    agents = _matches(requests, "user_agent.original", header_words, patterns.attacks_in_header)
    referrers = _matches(requests, "http.request.referrer", header_words, patterns.attacks_in_header)
    requests = requests.with_columns(_script_put().alias("put"))
    for column, matched in (("url.original", targets), ("user_agent.original", agents), ("http.request.referrer", referrers)):
        requests = requests.join(matched.lazy(), on=column, how="left")
    put = pl.when(pl.col("put")).then(pl.lit(["script_put"]))
    together = pl.concat_list(
        [pl.col(name).fill_null([]) for name in ("in url.original", "in user_agent.original", "in http.request.referrer")]
    )
    attack = pl.concat_list(together, put.fill_null([])).list.unique(maintain_order=True)
    found = requests.with_columns(attack.alias("attack")).filter(pl.col("attack").list.len() > 0)
    return found.select(*COLUMNS, "site", "attack").sort(*ORDER, nulls_last=True).collect()


def with_answers(requests: pl.LazyFrame, tried: pl.DataFrame) -> pl.DataFrame:
    """Return `tried` with `answer`: refused, general, ordinary, differing or unmeasured.

    *general*: the site gives an answer of this status and size for several other paths, as a one-page application does, or gave
    this source answers of like size for many different things; *ordinary*: the path answers so when nobody attacks;
    *unmeasured*: its ordinary answers vary about this size, or none was logged; *differing*: none of these, so the server did
    something for this request. 3xx, 4xx and 5xx are *refused*.
    """
    status, size = pl.col("http.response.status_code"), pl.col("http.response.body.bytes")
    untouched = requests.join(tried.lazy().select(TRACE), on=TRACE, how="anti")
    harmless = untouched.filter((status >= _OK) & (status < _REDIRECT) & size.is_not_null())
    of_site = harmless.join(tried.lazy().select("site").unique(), on="site", how="semi")
    general = of_site.group_by("site", status, size).agg(pl.col("path").n_unique().alias("same paths")).collect()
    of_path = of_site.join(tried.lazy().select("site", "path").unique(), on=["site", "path"], how="semi")
    sizes = of_path.group_by("site", "path").agg(size.unique().sort().alias("ordinary sizes")).collect()
    judged = tried.join(general, on=["site", "http.response.status_code", "http.response.body.bytes"], how="left", maintain_order="left")
    judged = judged.join(sizes, on=["site", "path"], how="left", maintain_order="left")
    succeeded = (status >= _OK) & (status < _REDIRECT)
    judged = judged.join(_alike(tried), on=TRACE, how="left", maintain_order="left")
    known = pl.col("ordinary sizes").list
    # pages made for each visitor differ more than the few answers at hand show
    margin = known.max() - known.min()
    answer = (
        pl.when(~succeeded.fill_null(value=False))
        .then(pl.lit("refused"))
        .when(size.is_null())
        .then(pl.lit("unmeasured"))
        .when((pl.col("same paths").fill_null(0) >= SAME_ANSWER_PATHS) | pl.col("alike").fill_null(value=False))
        .then(pl.lit("general"))
        .when(known.contains(size).fill_null(value=False))
        .then(pl.lit("ordinary"))
        .when((known.len() >= SAME_ANSWER_PATHS) & size.is_between(known.min() - margin, known.max() + margin))
        .then(pl.lit("unmeasured"))
        .otherwise(pl.lit("differing"))
    )
    return judged.with_columns(answer.alias("answer")).drop("same paths", "ordinary sizes", "alike")


def _alike(tried: pl.DataFrame) -> pl.DataFrame:
    """Return, by trace, whether a source's successful answer is alike to those for ALIKE_THINGS other things it asked the site for.

    Things are told apart by the last part of the target, so that one file asked for in many spellings is one thing, and by
    path, so that one page given many commands is one page.
    """
    status, size = pl.col("http.response.status_code"), pl.col("http.response.body.bytes")
    answered = tried.filter((status >= _OK) & (status < _REDIRECT) & (size > 0))
    things = {target: patterns.decoded(target).rstrip("/").rpartition("/")[2] for target in answered["url.original"].unique()}
    of_source = ["site", "source.ip"]
    kept = answered.select(
        *TRACE, *of_source, "path", size.alias("size"), pl.col("url.original").replace_strict(things, return_dtype=pl.String).alias("thing")
    ).sort(*of_source, "size", nulls_last=True)
    # sizes of one step of ALIKE: an answer is looked at in its own step and the one that begins half a step later
    step = (pl.col("size").log() / math.log1p(ALIKE)).alias("step")
    kept = kept.with_columns(step.floor().alias("low"), (step + 0.5).floor().alias("high"))
    enough = [
        (pl.col("thing").n_unique().over(*of_source, each) >= ALIKE_THINGS)
        & (pl.col("path").n_unique().over(*of_source, each) >= ALIKE_THINGS)
        for each in ("low", "high")
    ]
    return kept.select(*TRACE, pl.any_horizontal(enough).alias("alike"))


def _matches(
    requests: pl.LazyFrame, column: str, words: tuple[str, ...], look: Callable[[str], tuple[patterns.Attack, ...]]
) -> pl.DataFrame:
    lowered = pl.col(column).str.to_lowercase()
    texts = requests.select(column).filter(lowered.str.contains_any(list(words))).unique().collect()[column]
    found = [(text, [attack.code for attack in look(text)]) for text in texts.to_list()]
    schema = pl.Schema({column: pl.String(), f"in {column}": pl.List(pl.String)})
    return pl.DataFrame([row for row in found if row[1]], schema=schema, orient="row")


def _script_put() -> pl.Expr:
    script = pl.col("path").str.to_lowercase().str.contains(r"\.(?:php\d?|phtml|phar|asp|aspx|ashx|jsp|jspx|cgi)/?$")
    return pl.col("http.request.method").is_in(["PUT", "MOVE"]) & script
