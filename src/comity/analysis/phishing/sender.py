"""Signs in who writes: the author's address and name, the reply address, the names a mailbox knows."""

import re
import unicodedata
from collections.abc import Iterator

from comity.analysis.domain_name import mixes_scripts, registrable, skeleton
from comity.analysis.phishing import brand
from comity.analysis.phishing.acquaintance import free_mail
from comity.analysis.phishing.letter import domain_of
from comity.analysis.phishing.lists import CHEAP_SUFFIXES, ROLE_WORDS, word_set
from comity.analysis.phishing.sign import Sign, shown
from comity.analysis.phishing.standing import Standing, Vouching
from comity.analysis.phishing.wording import words_of

_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_SPACED = re.compile(r"(?<!\w)(?:\w[ ._*-]){3,}\w(?!\w)")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
_STYLED = range(0x1D400, 0x1D800)
_NUMBERED = re.compile(r"[a-z][_.-]?\d{4,}$", re.IGNORECASE)
_MANY_LABELS = 5
_FIRMS = word_set(
    """
    bank banco inc ltd llc gmbh corp corporation company department support service services security team office federal ministry
    lottery foundation administrator admin helpdesk customer billing invoice delivery express courier insurance atendimento suporte
    seguranca soporte kundenservice rechnung servizio assistenza klantenservice equipe
    """
)
_OFFICERS = word_set(
    """
    ceo cfo coo cto president chairman director diretor diretora diretoria presidente presidencia gerente gerencia directora direccion
    geschaftsfuhrer geschaftsfuhrerin geschaftsfuhrung geschaeftsfuehrer geschaeftsfuehrerin geschaeftsfuehrung vorstand pdg directeur
    directrice direction direttore direttrice direzione bestuurder directie treasurer finance accounting payroll rh buchhaltung
    lohnbuchhaltung contabilidade contabilidad comptabilite contabilita boekhouding financeiro
    """
)


def signs(at: Standing) -> Iterator[Sign]:
    """Yield what speaks for or against in the author's address and name and in the reply address."""
    yield from _address(at)
    yield from _name(at)
    yield from _disguise(at)
    yield from _reply(at)
    yield from _correspondents(at)


def _address(at: Standing) -> Iterator[Sign]:
    letter = at.letter
    if at.sender is None:
        yield Sign(code="author_unusable", text=f"The author's address is missing or malformed: {shown(letter.sender) or 'none'}.")
        return
    if letter.sender_count > 1:
        yield Sign(code="author_several", text=f"The message names {letter.sender_count} authors; the first is {letter.sender}.")
    yield from _borrowed_host(at, at.sender)
    if any(label.startswith("xn--") for label in letter.sender_domain.split(".")):
        yield Sign(code="author_encoded", text=f"The author's domain {letter.sender_domain} is written in encoded letters (IDNA).")
    if at.sender.rpartition(".")[2] in CHEAP_SUFFIXES:
        yield Sign(code="author_cheap_suffix", text=f"The author's domain {at.sender} is under a suffix that throw-away domains favour.")
    if not at.sender_free and _NUMBERED.search(letter.sender.rpartition("@")[0]):
        yield Sign(code="author_numbered", text=f"The author's address {letter.sender} is numbered, as machines make them.")
    if not at.sender_free and random_looking(letter.sender_domain):
        yield Sign(code="author_random", text=f"The author's domain {letter.sender_domain} looks made up by a machine.")


def _borrowed_host(at: Standing, sender: str) -> Iterator[Sign]:
    """Yield a host or an address that carries a brand's name without being the brand's."""
    letter = at.letter
    imitation = brand.imitated(sender)
    if (
        imitation is not None
        and at.vouching is Vouching.ALIGNED
        and any(brand.joins(one, sender) for one in brand.named(letter.sender_name))
    ):
        imitation = None  # told below: a confirmed domain that joins words to the brand may be its own
    if imitation is not None:
        label, words = imitation
        yield Sign(code="author_imitates_brand", text=f"The author's domain {sender} {words} the name {label}.")
    elif (held := brand.held_below(letter.sender_domain, sender)) is not None:
        yield Sign(
            code="author_holds_brand", text=f"The author's host {letter.sender_domain} carries the name {held} but belongs to {sender}."
        )
    elif (whole := brand.domain_below(letter.sender_domain, sender)) is not None:
        yield Sign(
            code="author_holds_domain", text=f"The author's host {letter.sender_domain} begins like {whole} but belongs to {sender}."
        )
    elif not at.sender_free and (held := brand.in_local_part(letter.sender.rpartition("@")[0])) is not None and held not in sender:
        yield Sign(code="author_holds_brand", text=f"The author's address {letter.sender} carries the name {held} but belongs to {sender}.")


def random_looking(host: str) -> bool:
    """Whether a host name has labels no person would choose: long runs of consonants, digits strewn in, a row of short labels."""
    labels = host.split(".")
    name = [label for label in labels[:-1] if not label.startswith("xn--")]
    strewn = any(len(re.findall(r"\d+", label)) > 1 and len(label) > 7 for label in name)  # noqa: PLR2004 - two numbers in a longer label
    return strewn or len(labels) > _MANY_LABELS + 1 or any(_CONSONANTS.search(label) for label in name)


def _name(at: Standing) -> Iterator[Sign]:
    letter, name = at.letter, at.letter.sender_name
    others = {registrable(match[1].lower(), at.suffixes) for match in _ADDRESS.finditer(name)} - {None, at.sender}
    if others and not at.mailing_list:
        yield Sign(
            code="name_is_address",
            text=f"The author's name shows another address, {shown(name)!r}, than the one that writes, {letter.sender}.",
        )
    brands = brand.named(name)
    if brands and any(brand.owns(one, at.sender) for one in brands):
        if at.vouching is Vouching.ALIGNED:
            yield Sign(
                code="brand_writes_itself", text=f"{brands[0]} writes from its own domain {at.sender}, which the receiver confirmed."
            )
    elif at.vouching is Vouching.ALIGNED and any(brand.joins(one, at.sender) for one in brands):
        yield Sign(
            code="author_joins_brand", text=f"The author speaks for {brands[0]} from {at.sender}, which joins other words to that name."
        )
    elif brands:
        yield Sign(
            code="name_borrows_brand",
            text=f"The author's name {shown(name)!r} speaks for {brands[0]}, the address {letter.sender or 'none'} does not.",
        )
    elif at.sender_free and (_speaks_for_a_firm(name) or _titled(letter.sender.rpartition("@")[0])):
        yield Sign(
            code="name_of_firm_free_mail",
            text=f"The author's name {shown(name)!r} or address {letter.sender} speaks for an office, but the mailbox is a free one.",
        )
    reader = _reader_named(at)
    if reader:
        yield Sign(code="reader_named", text=f"The reader's own address stands in the {reader}.")
    if letter.sender and letter.sender.lower() in {one.lower() for one in letter.recipients} and at.vouching is Vouching.REFUSED:
        yield Sign(
            code="own_address",
            text=f"The message claims to come from the reader's own address {letter.sender}, which the receiver could not confirm.",
        )


def _speaks_for_a_firm(name: str) -> bool:
    words = words_of(name).split()
    return bool(words) and (any(word in _FIRMS or word in _OFFICERS for word in words) or all(word in ROLE_WORDS for word in words))


def _titled(local: str) -> bool:
    return any(word in _OFFICERS for word in words_of(local.replace("_", " ")).split())


def _reader_named(at: Standing) -> str:
    for address in at.letter.recipients:
        if len(address) > 5 and address.lower() != at.letter.sender.lower():  # noqa: PLR2004 - a@b.c
            if address.lower() in at.letter.subject.lower():
                return "subject"
            if address.lower() in at.letter.sender_name.lower():
                return "author's name"
    return ""


def disguised(text: str) -> str | None:
    """Return a word of `text` written so that a search does not find it, None when there is none.

    Letters of two alphabets in one word, styled mathematical letters, invisible characters inside a word, letters set apart.
    """
    for word in text.split():
        inner = word.strip("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0f")
        letters = sum(c.isalpha() for c in inner)
        # joiners between emoji and in Persian or Indic words are ordinary writing; inside a Latin word they are not
        hidden = any(unicodedata.category(c) == "Cf" or c == "\u034f" for c in inner) and letters > 1 and _latin(inner)
        styled = sum(ord(c) in _STYLED for c in inner) > 2  # noqa: PLR2004 - a formula has one or two
        if hidden or styled or mixes_scripts(inner):
            return word
    spaced = _SPACED.search(text)
    return spaced[0] if spaced and any(c.isalpha() for c in spaced[0]) and not spaced[0].replace(" ", "").isdecimal() else None


def _latin(word: str) -> bool:
    return any("LATIN" in unicodedata.name(c, "") for c in word)


def _disguise(at: Standing) -> Iterator[Sign]:
    word = disguised(at.letter.sender_name)
    if word:
        yield Sign(code="name_disguised", text=f"The author's name is written to escape a search: {shown(word, most=40)!a}.")
    elif any(unicodedata.category(c) == "So" and c not in "™®©°" for c in at.letter.sender_name):
        yield Sign(code="name_decorated", text=f"The author's name is decorated with pictures: {shown(at.letter.sender_name, most=40)!a}.")
    word = disguised(at.letter.subject)
    if word:
        yield Sign(code="subject_disguised", text=f"The subject is written to escape a search: {shown(word, most=40)!a}.")


def _reply(at: Standing) -> Iterator[Sign]:
    others = [domain for domain in at.replies if domain != at.sender]
    if not others or at.mailing_list or any(at.related(domain) for domain in others):
        return
    address = at.letter.reply_to[0]
    if any(free_mail(domain) for domain in others) and not at.sender_free:
        yield Sign(
            code="reply_free_mail", text=f"Answers go to a free mailbox, {address}, not to the author {at.letter.sender or '(none)'}."
        )
    elif at.sender_free and all(free_mail(domain) for domain in others):
        yield Sign(
            code="reply_elsewhere_free", text=f"Answers go to another free mailbox, {address}, than the author's, {at.letter.sender}."
        )
    else:
        yield Sign(
            code="reply_elsewhere", text=f"Answers go to {address}, another domain than the author's, {at.letter.sender or '(none)'}."
        )


def _correspondents(at: Standing) -> Iterator[Sign]:
    letter = at.letter
    pair = at.known.look_alikes.get(at.sender or "")
    if pair is not None:
        yield Sign(
            code=f"correspondent_{pair.how}",
            text=f"The author's domain {pair.suspect} {pair.words} {pair.known}, which this mailbox knows.",
        )
        threads = {at.known.threads.get(identity) for identity in (letter.in_reply_to, *letter.references)}
        if pair.known in threads:
            yield Sign(code="thread_taken_over", text=f"It continues a conversation that {pair.known} wrote in, from {pair.suspect}.")
    replies = [found for domain in at.replies if domain != at.sender and (found := at.known.look_alikes.get(domain)) is not None]
    yield from (
        Sign(code="reply_look_alike", text=f"The reply address's domain {found.suspect} {found.words} {found.known}.")
        for found in replies[:1]
    )
    known = at.known.names.get(skeleton(letter.sender_name.strip()), frozenset())
    domains = {registrable(domain_of(address), at.suffixes) for address in known}
    if known and at.sender is not None and at.sender not in domains and letter.sender.lower() not in known:
        yield Sign(
            code="name_of_correspondent",
            text=f"The author's name {shown(letter.sender_name)!r} is known here with {min(known)}; this comes from {letter.sender}.",
        )
