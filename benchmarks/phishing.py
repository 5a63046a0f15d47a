"""Phishing: how many lures are found, how often harmless mail is taken for one, and which signs say so, per corpus and year.

    python benchmarks/phishing.py [--data ../shared/data] [--misses]

Lures: phishing_pot, whose owner replaced his address by `phishing@pot`; an ordinary address is put in its place first, so
that no sign can rest on the replacement. Harmless: SpamAssassin ham of 2002, and fifty messages of today written for the
tests. Spam is printed without a target. The threshold is read off the tuning part (lures up to 2023, half of the ham).
"""

import argparse
import hashlib
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
from publicsuffixlist import PublicSuffixList

from comity.analysis import phishing
from comity.analysis.phishing import POINTS, WEAK

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY / "tests" / "unit" / "analysis"))

import mail_tables  # noqa: E402 - lies beside the tests that use it too
import modern_mail  # noqa: E402 - the same

REDACTED = (b"phishing@pot <phishing@pot>", b"Some Reader <some.reader@hotmail.com>"), (b"phishing@pot", b"some.reader@hotmail.com")
LAST_TUNED = 2023
GRID = tuple(step / 2 for step in range(4, 21))
RESULTS = ("spf.result", "dkim.result", "dmarc.result")


class Judged(NamedTuple):
    corpus: str
    name: str
    year: int | None
    half: int
    points: float
    codes: tuple[str, ...]


def lures(data: Path) -> Iterable[tuple[str, bytes]]:
    for path in sorted((data / "mail" / "phishing_pot").glob("*.eml"), key=lambda path: (len(path.name), path.name)):
        content = path.read_bytes()
        for written, instead in REDACTED:
            content = content.replace(written, instead)
        yield path.stem, content


def corpora(data: Path) -> dict[str, mail_tables.MailTables]:
    boxes = {name: [(name, (data / "mail" / "spamassassin" / f"{name}.mbox").read_bytes())] for name in ("ham", "spam")}
    return {
        "phishing": mail_tables.read(lures(data)),
        "ham": mail_tables.read(boxes["ham"], boxes=True),
        "modern": mail_tables.read((f"modern-{n}", message) for n, message in enumerate(modern_mail.messages())),
        "spam": mail_tables.read(boxes["spam"], boxes=True),
    }


def judge(corpus: str, tables: mail_tables.MailTables, suffixes: PublicSuffixList) -> list[Judged]:
    found = []
    for letter, judgement in phishing.assess(*tables, suffixes=suffixes):
        name = f"{letter.trace.exhibit}@{letter.trace.offset}"
        half = hashlib.sha256(name.encode()).digest()[0] % 2
        year = letter.date.year if letter.date else None
        found.append(Judged(corpus, name, year, half, judgement.points, tuple(sign.code for sign in judgement.signs)))
    return found


def rate(judged: Sequence[Judged], least: float) -> str:
    hits = sum(one.points >= least for one in judged)
    return f"{hits:4}/{len(judged):<4} {hits / len(judged):6.1%}" if judged else "   none"


def line(title: str, judged: Sequence[Judged], least: float) -> None:
    codes = Counter(code for one in judged if one.points >= least for code in one.codes if POINTS[code] > 0)
    print(f"{title:42} {rate(judged, least)}  {', '.join(f'{code} {count}' for code, count in codes.most_common(4))}")


def area(high: Sequence[Judged], low: Sequence[Judged]) -> float:
    """Return the chance that a message of `high` has more points than one of `low`; ties count half."""
    wins = sum((one.points > other.points) + 0.5 * (one.points == other.points) for one in high for other in low)
    return wins / (len(high) * len(low))


def changed(tables: mail_tables.MailTables, expressions: Callable[[str], pl.Expr]) -> mail_tables.MailTables:
    return tables._replace(messages=tables.messages.with_columns(expressions(name).cast(pl.String).alias(name) for name in RESULTS))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data")
    options.add_argument("--misses", action="store_true", help="list each lure below the threshold and each harmless message above it")
    given = options.parse_args()
    if not (given.data / "mail").is_dir():
        sys.exit(f"No mail in {given.data}: give the folder of real material with --data.")
    listed = given.data / "reference" / "psl" / "public_suffix_list_20260819.dat"
    content = listed.read_bytes()
    suffixes = PublicSuffixList(source=io.BytesIO(content))
    tables = corpora(given.data)
    judged = {name: judge(name, corpus, suffixes) for name, corpus in tables.items()}
    print(f"method {phishing.METHOD} {phishing.VERSION}; polars {pl.__version__}; Python {sys.version.split()[0]}")
    print(f"suffixes {listed.name}, SHA-256 {hashlib.sha256(content).hexdigest()[:16]}")
    print(f"thresholds: weak {WEAK}, moderate {phishing.MODERATE}, strong {phishing.STRONG}\n")
    by_corpus_and_year(judged)
    by_other_results(tables, suffixes)
    by_sign(judged)
    if given.misses:
        mistakes(judged)


def by_corpus_and_year(judged: dict[str, list[Judged]]) -> None:
    tuning = [one for one in judged["phishing"] if one.year is not None and one.year <= LAST_TUNED]
    testing = [one for one in judged["phishing"] if one.year is None or one.year > LAST_TUNED]
    ham = judged["ham"]
    quiet = [one for one in ham if one.half == 0]
    lowest = next(least for least in GRID if sum(one.points >= least for one in quiet) <= 0.01 * len(quiet))
    print(f"lowest threshold with at most 1 % of the tuning half of the ham: {lowest}; in use: {WEAK}\n")
    print(f"{'corpus':42} {'found':16}  signs in what was found")
    line("phishing", judged["phishing"], WEAK)
    for year in sorted({one.year for one in judged["phishing"]}, key=str):
        line(f"phishing {year or 'without a date'}", [one for one in judged["phishing"] if one.year == year], WEAK)
    line(f"phishing, tuning part (to {LAST_TUNED})", tuning, WEAK)
    line(f"phishing, test part (after {LAST_TUNED})", testing, WEAK)
    for half in (0, 1):
        line(f"phishing, half {half} by digest", [one for one in judged["phishing"] if one.half == half], WEAK)
    line("ham 2002", ham, WEAK)
    line("ham 2002, test half", [one for one in ham if one.half == 1], WEAK)
    line("modern legitimate (our own fixtures)", judged["modern"], WEAK)
    line("spam 2002 (no target)", judged["spam"], WEAK)

    print("\nat other thresholds   phishing tuning   phishing test     ham               modern")
    for least in GRID:
        rates = "   ".join(rate(part, least) for part in (tuning, testing, ham, judged["modern"]))
        print(f"{least:10.1f}            {rates}")


def by_other_results(tables: dict[str, mail_tables.MailTables], suffixes: PublicSuffixList) -> None:
    print("\nwhat if the authentication results were other")
    line("phishing, no results recorded", judge("x", changed(tables["phishing"], lambda _: pl.lit(None)), suffixes), WEAK)
    line("ham, as if nothing had passed", judge("x", changed(tables["ham"], lambda _: pl.lit("none")), suffixes), WEAK)
    line("modern, as if nothing had passed", judge("x", changed(tables["modern"], lambda _: pl.lit("none")), suffixes), WEAK)


def by_sign(judged: dict[str, list[Judged]]) -> None:
    print("\ncorpus identification: chance that a message of the first has more points than one of the second")
    for high, low in (("phishing", "ham"), ("phishing", "modern"), ("modern", "ham"), ("spam", "ham")):
        print(f"{high:>10} against {low:10} {area(judged[high], judged[low]):.3f}")
    print("\nsign, and its rate in each corpus" + " " * 9 + "".join(f"{name:>10}" for name in judged))
    for code, points in POINTS.items():
        rates = [sum(code in one.codes for one in corpus) / len(corpus) for corpus in judged.values()]
        if any(rates):
            print(f"{points:5.1f} {code:34}" + "".join(f"{share:10.1%}" for share in rates))


def mistakes(judged: dict[str, list[Judged]]) -> None:
    print("\nlures not found, and harmless messages taken for one")
    for one in sorted((one for name in ("phishing", "ham", "modern") for one in judged[name]), key=lambda one: (one.corpus, one.points)):
        if (one.points >= WEAK) != (one.corpus == "phishing"):
            print(f"{one.corpus} {one.name} {one.year} {one.points}: {', '.join(one.codes)}")


if __name__ == "__main__":
    main()
