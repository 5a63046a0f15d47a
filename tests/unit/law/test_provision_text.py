"""The extraction rule, on a text of our own and on the treaties."""

from comity.law.provision_text import digest, paragraphs
from comity.reference.law_files import law_files

TEXT = """##Verdrag

####Convention

Preamble

### Article  1

####Words

For this convention:

a) thing means  a
   thing;

### Article 2

1.   First
 line.
2.
a)Second with 2. in it

12.  Twelfth.
3. of the twelfth, not a paragraph.

###SECTION 2

####HEADING

### Article 3

Only text.
"""


def test_articles_and_paragraphs_are_cut_by_the_rule():
    assert paragraphs(TEXT) == {
        ("1", ""): "For this convention: a) thing means a thing;",
        ("2", "1"): "First line.",
        ("2", "2"): "a)Second with 2. in it",
        ("2", "12"): "Twelfth. 3. of the twelfth, not a paragraph.",
        ("3", ""): "Only text.",
    }


def test_digests_in_the_corpus_are_those_of_the_treaty_texts(corpus, shared_data):
    checked = 0
    for instrument in corpus.instruments:
        if instrument.text_file:
            found = paragraphs((shared_data / "law" / instrument.text_file).read_text(encoding="utf-8"))
            for provision in instrument.provisions:
                key = (provision.citation.article, provision.citation.paragraph)
                assert digest(found[key]) == provision.sha256, str(provision.citation)
                checked += 1
    assert checked >= 40


def test_no_sentence_of_a_treaty_is_in_the_corpus(corpus, shared_data):
    """Our own words: no run of ten words of a description stands in the treaty's text."""
    for instrument in corpus.instruments:
        if instrument.text_file:
            text = " ".join((shared_data / "law" / instrument.text_file).read_text(encoding="utf-8").lower().split())
            for provision in instrument.provisions:
                words = provision.says.lower().split()
                runs = [" ".join(words[start : start + 10]) for start in range(len(words) - 9)]
                assert not [run for run in runs if run in text], str(provision.citation)


def test_figures_stand_in_the_paragraphs_they_are_taken_from(corpus, shared_data):
    words = {60: "sixty days", 90: "ninety days", 3: "three months"}
    treaty = corpus.instrument("ets-185")
    found = paragraphs((shared_data / "law" / treaty.text_file).read_text(encoding="utf-8"))
    figures = [(provision.citation, figure) for provision in treaty.provisions for figure in provision.figures]
    assert len(figures) == 5
    for citation, figure in figures:
        assert words[figure.value] in found[citation.article, citation.paragraph]


def test_party_tables_are_the_compiled_ones(shared_data):
    files = law_files()
    for name in ("ets-185-parties.csv", "uncc-signatories.csv"):
        assert files[name] == (shared_data / "law" / name).read_bytes()
