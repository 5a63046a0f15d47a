"""The rates that docs/methods/phishing.md states hold: our own modern mail always, the real corpora where they are at hand."""

import mail_tables
import modern_mail
import pytest
from publicsuffixlist import PublicSuffixList

from comity.analysis import phishing

SUFFIXES = PublicSuffixList()


def found(tables):
    judged = [judgement.strength is not None for _, judgement in phishing.assess(*tables, suffixes=SUFFIXES)]
    return sum(judged), len(judged)


def test_modern_legitimate_mail_is_left_alone():
    tables = mail_tables.read((f"m{n}", message) for n, message in enumerate(modern_mail.messages()))
    hits, count = found(tables)
    assert count == len(modern_mail.SPECS) >= 40
    assert hits <= count * 0.02


def test_modern_mail_is_read_as_it_was_meant():
    # a fixture whose results the parser does not see would prove nothing
    tables = mail_tables.read((f"m{n}", message) for n, message in enumerate(modern_mail.messages()))
    messages = tables.messages.collect()
    assert messages.get_column("dmarc.result").null_count() == 0
    assert messages.get_column("from.address").to_list() == [spec.address for spec in modern_mail.SPECS]
    assert tables.hops.collect().height >= 2 * len(modern_mail.SPECS) - 10


def test_lures_of_2022_to_2024(shared_data):
    def lures():
        for path in sorted((shared_data / "mail" / "phishing_pot").glob("*.eml")):
            content = path.read_bytes().replace(b"phishing@pot <phishing@pot>", b"Some Reader <some.reader@hotmail.com>")
            yield path.stem, content.replace(b"phishing@pot", b"some.reader@hotmail.com")

    hits, count = found(mail_tables.read(lures()))
    assert count == 330
    assert hits >= 0.9 * count


@pytest.mark.parametrize(("box", "least", "most"), [("ham", 0, 5), ("spam", 5, 60)])
def test_mailboxes_of_2002(shared_data, box, least, most):
    hits, _ = found(mail_tables.read([(box, (shared_data / "mail" / "spamassassin" / f"{box}.mbox").read_bytes())], boxes=True))
    assert least <= hits <= most
