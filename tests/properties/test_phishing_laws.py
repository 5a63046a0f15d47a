"""Laws of the phishing analysis: the order of rows does not matter, findings have traces, no text makes it fail."""

import random

import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from comity.analysis import indicators, phishing
from comity.observables import EVENT, HOP, LINK, MESSAGE, PAYMENT

SUFFIXES = PublicSuffixList()
HOSTS = st.sampled_from(
    ["mx.home.example", "evil.example", "paypal.com", "xn--\x80.example", "[::1]", "a..b", "localhost", "bank", "%x.example", ""]
)
TEXT = st.text(max_size=80) | st.sampled_from(
    ["Verify your account within 24 hours", "PayPal", "N e t f l i x", "\u202egpj.exe", "Fwd: x", "From: a <b@c.example>\nSubject: d", "{{a}}", "\x00"]
)  # fmt: skip
ADDRESS = st.builds("{}@{}".format, st.text(max_size=8), HOSTS) | TEXT
RESULT = st.none() | st.sampled_from(["pass", "fail", "none", "softfail", "bestguesspass", "garbage"])
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "from.address": st.none() | ADDRESS, "from.display_name": st.none() | TEXT, "subject": st.none() | TEXT, "body.text": st.none() | TEXT,
            "reply_to.address": st.none() | st.lists(ADDRESS, max_size=2), "to.address": st.none() | st.lists(ADDRESS, max_size=2),
            "return_path.address": st.none() | ADDRESS, "spf.result": RESULT, "dkim.result": RESULT, "dmarc.result": RESULT,
            "dkim.domain": st.none() | HOSTS, "list_id": st.none() | TEXT, "attachment.names": st.lists(TEXT, max_size=2), "body.html": st.booleans(),
            "message_id": st.none() | ADDRESS, "in_reply_to": st.none() | ADDRESS,
        }
    ),
    max_size=4,
)  # fmt: skip
URLS = (
    st.builds("{}://{}{}".format, st.sampled_from(["http", "https", "javascript", "ftp"]), HOSTS, TEXT)
    | TEXT
    | st.builds("mailto:{}".format, ADDRESS)
)


def table(kind, records):
    filled = [
        {"trace.exhibit": "1", "trace.member": "", "trace.offset": 10 * n, "trace.length": 10, **record} for n, record in enumerate(records)
    ]
    return pl.from_arrow(pa.Table.from_pylist(filled, schema=kind.schema)).lazy()


@settings(max_examples=60, deadline=None)
@given(
    messages=MESSAGES,
    links=st.lists(st.tuples(URLS, st.none() | HOSTS, TEXT), max_size=4),
    hops=st.lists(st.tuples(HOSTS, HOSTS, st.none() | st.sampled_from(["198.51.100.7", "10.0.0.1", "junk", "::1"])), max_size=3),
    seed=st.integers(0, 99),
)
def test_any_mail_is_judged_alike_in_any_order(messages, links, hops, seed):
    mail = table(MESSAGE, messages)
    link = table(
        LINK,
        [{"message.offset": 0, "url.full": url, "url.domain": host, "text": text, "source": "html_anchor"} for url, host, text in links],
    )
    hop = table(
        HOP, [{"message.offset": 0, "position": n, "from.domain": a, "by.domain": b, "from.ip": ip} for n, (a, b, ip) in enumerate(hops)]
    )
    findings = phishing.find(mail, hop, link, suffixes=SUFFIXES)
    order = random.Random(seed)  # noqa: S311 - a shuffle, not a secret
    rows = list(range(len(messages)))
    order.shuffle(rows)
    shuffled = mail.collect()[rows].lazy() if rows else mail
    assert phishing.find(shuffled, hop, link, suffixes=SUFFIXES) == findings
    for finding in findings:
        assert finding.traces
        assert finding.traces[0].offset in {10 * n for n in range(len(messages))}
        assert any(not reason.against for reason in finding.reasons)
    seen = indicators.sightings(
        indicators.places(messages=mail, hops=hop, links=link, events=table(EVENT, []), payments=table(PAYMENT, []))
    )
    assert indicators.table(seen).height <= seen.height


@settings(max_examples=40, deadline=None)
@given(messages=MESSAGES)
def test_unrecorded_results_never_speak_against_a_message(messages):
    silent = [{**message, "spf.result": None, "dkim.result": None, "dmarc.result": None} for message in messages]
    for _, judgement in phishing.assess(table(MESSAGE, silent), table(HOP, []), table(LINK, []), suffixes=SUFFIXES):
        assert not {sign.code for sign in judgement.signs} & {
            "author_refused",
            "author_unconfirmed",
            "author_other",
            "author_free_refused",
            "own_address",
        }
