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

_USED = (*(name for name in COLUMNS if name != "path"), "http.request.referrer", "destination.domain")

SAME_ANSWER_PATHS = 3
"""A status and size given for so many different paths is the site's general answer, not one to this request."""

ALIKE = 0.05
"""Sizes that differ by no more than this share are alike: a page that says "not found" with success repeats what was asked for."""
ALIKE_THINGS = 5
"""A source that got answers of like size for so many different things, each at another path, got one page for all of them."""

_ANSWER = ("site", "http.response.status_code", "http.response.body.bytes")
_MOST_TEXTS = 250_000
"""Distinct targets held at a time."""
_OK, _REDIRECT = 200, 300


def web_requests(events: pl.LazyFrame) -> pl.LazyFrame:
    """Return the web requests in `events` with `path`, the target up to the question mark, and `site`, what answers together.

    Requests in a capture have the status and size of the answer that stands at the same place among the answers of their
    conversation, those that only announce another (1xx) not counted. Pages that a browser remembers are no requests somebody logged.
    """
    web = (pl.col("event.category") == "web") & ~pl.col("event.action").is_in(["page_visited", "http_response"]).fill_null(value=False)
    captured = (pl.col("event.dataset") == "capture").fill_null(value=False)
    logged = events.filter(web & ~captured).select(_USED)
    # made once: it is sorted, and what follows goes through all requests many times
    of_captures = _answered(events.filter(captured & (pl.col("event.category") == "web"))).collect(engine="streaming")
    requests = logged if of_captures.is_empty() else pl.concat([logged, of_captures.lazy()])
    answering = pl.coalesce("destination.domain", "host.name").fill_null("")
    return requests.filter(pl.col("url.original").is_not_null()).with_columns(
        pl.col("url.original").str.split("?").list.first().alias("path"),
        pl.concat_str("trace.exhibit", "trace.member", answering, separator="|").alias("site"),
    )


def _answered(captured: pl.LazyFrame) -> pl.LazyFrame:
    """Return the requests of captures with status and size of their answers, columns _USED."""
    keys = ["trace.exhibit", "trace.member", "event.id", "place"]
    answer = ["http.response.status_code", "http.response.body.bytes"]
    interim = pl.col("http.response.status_code").is_between(100, 199, closed="both").fill_null(value=False)
    numbered = (
        captured.filter(~interim)
        .select(*_USED, "event.id", "event.action")
        .sort("@timestamp", "trace.offset")
        .with_columns(pl.col("trace.offset").cum_count().over(*keys[:3], "event.action").alias("place"))
    )
    answers = numbered.filter(pl.col("event.action") == "http_response").select(*keys, *answer)
    asked = numbered.filter(pl.col("event.action") == "http_request")
    return asked.drop(answer).join(answers, on=keys, how="left", maintain_order="left").select(_USED)


def attempts(requests: pl.LazyFrame) -> pl.DataFrame:
    """Return the requests that try to exploit something: COLUMNS, site, and `attack`, the codes of the classes, as a list.

    Each distinct target and header is looked at once; of the rest nothing is taken out of its column.
    """
    header_words = ("${", "()", "%24%7b", "%24{")
    matches = {
        "url.original": _matches(requests, "url.original", patterns.CANDIDATE, patterns.attacks_in),
        "user_agent.original": _matches(requests, "user_agent.original", header_words, patterns.attacks_in_header),
        "http.request.referrer": _matches(requests, "http.request.referrer", header_words, patterns.attacks_in_header),
    }
    suspected = _script_put()
    for column, matched in matches.items():
        suspected |= pl.col(column).is_in(matched[column].implode())
    columns = [*COLUMNS, "http.request.referrer", "site"]
    found = requests.filter(suspected).select(columns).collect(engine="streaming")
    for column, matched in matches.items():
        found = found.join(matched, on=column, how="left", maintain_order="left")
    put = pl.when(_script_put()).then(pl.lit(["script_put"]))
    attack = pl.concat_list(*(pl.col(f"in {column}").fill_null([]) for column in matches), put.fill_null([]))
    return found.select(*COLUMNS, "site", attack.list.unique(maintain_order=True).alias("attack")).sort(*ORDER, nulls_last=True)


def with_answers(requests: pl.LazyFrame, tried: pl.DataFrame) -> pl.DataFrame:
    """Return `tried` with `answer`: unanswered, refused, general, ordinary, differing or unmeasured.

    *general*: the site gives an answer of this status and size for several other paths, as a one-page application does, or gave
    this source answers of like size for many different things; *ordinary*: the path answers so when nobody attacks;
    *unmeasured*: its ordinary answers vary about this size, or none was logged; *differing*: none of these, so the server did
    something for this request. 3xx, 4xx and 5xx are *refused*; without a status it is *unanswered*.
    """
    status, size = pl.col("http.response.status_code"), pl.col("http.response.body.bytes")
    succeeded = (status >= _OK) & (status < _REDIRECT)
    answered = tried.filter(succeeded & size.is_not_null())
    successes = requests.filter(succeeded & size.is_not_null())
    attacks = tried.lazy().select(TRACE)
    judged = tried.join(_general(successes, answered, attacks), on=_ANSWER, how="left", maintain_order="left")
    # few pages were attacked: the attacks are taken out last, where few rows are left
    of_path = successes.join(answered.lazy().select("site", "path").unique(), on=["site", "path"], how="semi")
    sizes = of_path.join(attacks, on=TRACE, how="anti").select("site", "path", size).unique().collect(engine="streaming")
    ordinary = sizes.group_by("site", "path").agg(size.sort().alias("ordinary sizes"))
    judged = judged.join(ordinary, on=["site", "path"], how="left", maintain_order="left")
    judged = judged.join(_alike(tried), on=TRACE, how="left", maintain_order="left")
    known = pl.col("ordinary sizes").list
    # pages made for each visitor differ more than the few answers at hand show
    margin = known.max() - known.min()
    answer = (
        pl.when(status.is_null())
        .then(pl.lit("unanswered"))
        .when(~succeeded.fill_null(value=False))
        .then(pl.lit("refused"))
        .when(size.is_null())
        .then(pl.lit("unmeasured"))
        .when(pl.col("general").is_not_null() | pl.col("alike").fill_null(value=False))
        .then(pl.lit("general"))
        .when(known.contains(size).fill_null(value=False))
        .then(pl.lit("ordinary"))
        .when((known.len() >= SAME_ANSWER_PATHS) & size.is_between(known.min() - margin, known.max() + margin))
        .then(pl.lit("unmeasured"))
        .otherwise(pl.lit("differing"))
    )
    return judged.with_columns(answer.alias("answer")).drop("general", "ordinary sizes", "alike")


def _general(successes: pl.LazyFrame, answered: pl.DataFrame, attacks: pl.LazyFrame) -> pl.DataFrame:
    """Return the answers (columns _ANSWER) in `answered` that requests for SAME_ANSWER_PATHS other paths got too, and `general`.

    Requests are `successes` without `attacks` (columns TRACE).

    Each round takes, of every answer left, the next path in order, so that no more than one path each is held.
    """
    reached = answered.select(*_ANSWER, pl.lit(None, dtype=pl.String).alias("reached")).unique()
    # of the size alone the reader of the table can tell by itself which rows to pass over
    successes = successes.filter(pl.col("http.response.body.bytes").is_in(reached["http.response.body.bytes"].unique().implode()))
    for _ in range(SAME_ANSWER_PATHS):
        beyond = successes.join(reached.lazy(), on=_ANSWER).filter(pl.col("reached").is_null() | (pl.col("path") > pl.col("reached")))
        harmless = beyond.join(attacks, on=TRACE, how="anti")
        reached = harmless.group_by(_ANSWER).agg(pl.col("path").min().alias("reached")).collect(engine="streaming")
    return reached.rename({"reached": "general"})


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
    """Return the distinct texts of `column` in which `look` finds attacks, and their codes, column "in ..."; sorted by text."""
    lowered = pl.col(column).str.to_lowercase()
    suspected = requests.select(column).filter(lowered.str.contains_any(list(words)))
    parts = suspected.select(pl.col(column).approx_n_unique()).collect(engine="streaming").item() // _MOST_TEXTS + 1
    found = []
    for part in range(parts):
        texts = suspected.filter(pl.col(column).hash() % parts == part).unique().collect(engine="streaming")[column]
        found += [(text, [attack.code for attack in attacks]) for text in texts if (attacks := look(text))]
    schema = pl.Schema({column: pl.String(), f"in {column}": pl.List(pl.String)})
    return pl.DataFrame(sorted(found), schema=schema, orient="row")


def _script_put() -> pl.Expr:
    # of the whole target, not of `path`: the reader of the table then passes over other rows by itself
    script = pl.col("url.original").str.to_lowercase().str.contains(r"^[^?]*\.(?:php\d?|phtml|phar|asp|aspx|ashx|jsp|jspx|cgi)/?(?:\?|$)")
    return pl.col("http.request.method").is_in(["PUT", "MOVE"]) & script
