# ruff: noqa: RUF001 - letters taken for others are what is tested
import pytest
from publicsuffixlist import PublicSuffixList

from comity.analysis.domain_name import decoded, distance, likeness, likenesses, mixes_scripts, registrable, skeleton, well_formed

SUFFIXES = PublicSuffixList()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a.b.example.co.uk", "example.co.uk"),
        ("WWW.Example.COM.", "example.com"),
        ("co.uk", None),
        ("localhost", None),
        ("192.0.2.1", None),
        ("-bad.example", None),
        ("%bank.example", None),
        ("a..example", None),
        ("", None),
        (None, None),
        ("x" * 64 + ".example", None),
        ("user.github.io", "user.github.io"),
        ("fornecedor.example", "fornecedor.example"),
    ],
)
def test_registrable(host, expected):
    assert registrable(host, SUFFIXES) == expected


@pytest.mark.parametrize(
    ("suspect", "known", "how"),
    [
        ("paypa1.com", "paypal.com", "homoglyph"),
        ("xn--pypal-4ve.com", "paypal.com", "homoglyph"),
        ("hansa-purnpen.example", "hansa-pumpen.example", "homoglyph"),
        ("rnicrosoft.com", "microsoft.com", "homoglyph"),
        ("estaleiro-aurora.net", "estaleiro-aurora.com", "suffix"),
        ("estaleiro-aurara.com", "estaleiro-aurora.com", "edit"),
        ("fornecedor-pagamentos.example", "fornecedor.example", "combination"),
        ("netflixlogin.com", "netflix.com", "combination"),
        ("paypal.com", "paypal.com", None),
        ("lamps.example", "camps.example", None),
        ("node12345.example", "node12346.example", None),
        ("netflixfans.example", "netflix.example", None),
        ("abcd.example", "abce.example", None),
    ],
)
def test_likeness(suspect, known, how):
    found = likeness(suspect, known)
    assert (found.how if found else None) == how


def test_likenesses_compare_every_suspect_with_every_known():
    pairs = likenesses(["paypa1.com", "lamps.example", "paypal.com"], ["paypal.com", "hansa.example"])
    assert [(pair.suspect, pair.known) for pair in pairs] == [("paypa1.com", "paypal.com")]


def test_filing_finds_what_comparing_every_pair_finds():
    stems = ["paypal", "estaleiro-aurora", "hansa-pumpen", "fornecedor", "netflix", "lamps", "microsoft"]
    written = [
        stem[:place] + letter + stem[place + cut :]
        for stem in stems
        for place in range(len(stem))
        for letter in ("", "x", "-")
        for cut in (0, 1)
    ]
    suspects = {
        f"{label}.example" for label in (*written, *(f"{stem}-pagamentos" for stem in stems), *(f"secure{stem}" for stem in stems), *stems)
    }
    known = {f"{stem}.{suffix}" for stem in stems for suffix in ("example", "com")}
    slowly = {(suspect, original) for suspect in suspects for original in known if likeness(suspect, original)}
    assert {(pair.suspect, pair.known) for pair in likenesses(suspects, known)} == slowly
    assert len(slowly) > 100


@pytest.mark.parametrize(
    ("one", "other", "most", "expected"),
    [("abc", "abc", 2, 0), ("abc", "acb", 2, 1), ("abc", "xyz", 2, 3), ("a" * 300, "a" * 299, 2, 3), ("", "ab", 2, 2)],
)
def test_distance(one, other, most, expected):
    assert distance(one, other, most=most) == expected


def test_skeleton_ignores_what_a_reader_does_not_see():
    assert skeleton("Pаy\u200bPаl") == skeleton("PayPal")
    assert skeleton("ｐａｙｐａｌ") == skeleton("𝐩𝐚𝐲𝐩𝐚𝐥") == skeleton("PAYPAL")


def test_scripts():
    assert mixes_scripts("Вinance")
    assert not mixes_scripts("Москва")
    assert not mixes_scripts("résumé")


def test_malformed_punycode_stays_as_it_is():
    assert decoded("xn--\x80") == "xn--\x80"
    assert decoded("plain") == "plain"
    assert not well_formed("a" * 300 + ".example")
