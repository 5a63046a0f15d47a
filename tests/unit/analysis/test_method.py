"""Facts about methods are read strictly, and leaving heuristics out leaves nothing behind that rests on them."""

import pytest

from comity.analysis.finding import Strength
from comity.analysis.method import Nature, read_methods, searched, without_heuristics
from comity.terms.errors import ReferenceDataError
from comity.terms.selector import Kind, Selector
from cooperation_factory import LOGIN, finding, involved

TEXT = """
as_of = 2026-11-24
[[method]]
name = "m"
version = "1"
nature = "heuristic"
looks_for = "signs"
kinds = ["intrusion.password_guessed"]
reads = ["event", "flow"]
page = "docs/methods/intrusion.md"
[[method.measured]]
what = "found"
hits = 3
of = 4
data = "four logs"
when = "2026-11"
[[method.weakness]]
text = "it errs"
classes = ["MISINT"]
mitigation = "none"
[[method]]
name = "sum"
version = "2"
nature = "deterministic"
looks_for = "sums"
kinds = ["quality.statement_total"]
reads = ["payment"]
page = "docs/methods/payments.md"
unmeasured = "it is arithmetic"
[[method.weakness]]
text = "it is misread"
classes = ["MISINT", "INCOMP"]
mitigation = "words"
remains = "reading"
"""


def test_a_method_says_its_error_in_words():
    first, second = read_methods(TEXT).methods
    assert first.error == "measured: found: 3 of 4 (75.0 %), four logs, 2026-11"
    assert second.error == "not measured: it is arithmetic"
    assert second.nature is Nature.DETERMINISTIC
    assert [one.value for one in second.weaknesses[0].classes] == ["MISINT", "INCOMP"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("of = 4", "of = 2", "more hits than cases"),
        ('nature = "heuristic"', 'nature = "lucky"', "not known"),
        ('classes = ["MISINT"]', 'classes = ["WRONG"]', "WRONG"),
        ('classes = ["MISINT"]', "classes = []", "empty"),
        ('unmeasured = "it is arithmetic"', "", "neither how often"),
        ("hits = 3", "hits = 3\nguess = 1", "not a known key"),
        ("as_of = 2026-11-24", "", "is missing"),
        ("as_of", "as_of = = 1", "methods.toml"),
    ],
)
def test_malformed_facts_are_refused_with_their_place(old, new, words):
    with pytest.raises(ReferenceDataError, match=words):
        read_methods(TEXT.replace(old, new, 1))


def of(method: str, version: str, *parts, **more):
    made = finding(*parts, **more)
    return type(made)(**{name: getattr(made, name) for name in made.__slots__ if name not in {"method", "method_version"}},
                      method=method, method_version=version)  # fmt: skip


def test_heuristic_findings_go_and_what_was_made_because_of_them():
    methods = read_methods(TEXT)
    guessed = of("m", "1", involved())
    holder = of("sum", "2", involved(), kind="address.holder", offset=1)
    other = Selector(kind=Kind.IPV4, value="198.51.100.99")
    kept = of("sum", "2", involved(other), kind="address.holder", offset=2)
    total = of("sum", "2", involved(LOGIN), kind="quality.statement_total", strength=Strength.STRONG, offset=3)
    unknown = of("m", "0", involved(), offset=4)
    assert without_heuristics((guessed, holder, kept, total, unknown), methods) == (kept, total)
    assert without_heuristics((holder, kept), methods) == (holder, kept), "nothing heuristic named it"


def test_a_method_that_found_nothing_is_a_result():
    methods = read_methods(TEXT)
    guessed = of("m", "1", involved())
    told = [(one.name, looked, made) for one, looked, made in searched(methods, [guessed], {"event": 5, "flow": 2, "payment": 0})]
    assert told == [("m", 7, 1), ("sum", 0, 0)]
