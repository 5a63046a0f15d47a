"""Phrases are found by their first words as they are by looking for each in the whole text."""

from hypothesis import example, given
from hypothesis import strategies as st

from comity.analysis.domain_name import skeleton
from comity.analysis.phishing.phrases import THEMES
from comity.analysis.phishing.wording import WORDS_A_PHRASE, drawn_words_of, read, words_of

PHRASES = tuple(phrase for theme in THEMES for phrase in theme.phrases)
PIECES = st.one_of(st.sampled_from(PHRASES), st.sampled_from(PHRASES).map(lambda phrase: phrase.replace("*", "abc")), st.text(max_size=12))


def stands_in(phrase: str, text: str) -> bool:
    return f" {phrase[:-1]}" in text if phrase.endswith("*") else f" {phrase} " in text


@given(st.lists(PIECES, max_size=30), st.sampled_from([" ", ", ", "\n", "", "0"]))
@example([], " ")
@example(list(PHRASES[:40]), " ")
def test_no_phrase_is_passed_over(pieces: list[str], between: str):
    text = between.join(pieces)
    plain, drawn = words_of(text), drawn_words_of(text)
    expected = {}
    for theme in THEMES:
        hits = tuple(one for one in theme.phrases if stands_in(skeleton(one), drawn) or stands_in(one, plain))
        if sum(1 + (one in theme.strong) for one in hits) >= theme.needed + plain.count(" ") // WORDS_A_PHRASE:
            expected[theme.name] = hits
    assert {name: hits.phrases for name, hits in read(text).found.items()} == expected
