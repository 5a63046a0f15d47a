"""Addresses in From, Sender, Reply-To, To and Cc.

Source: RFC 5322, 3.4 (groups, comments, quoted strings) and 4.4 (routes); RFC 6532 (UTF-8 in headers).
"""

import re
from dataclasses import dataclass

from comity.parsers.mail.encoded_word import decode_words

MOST_ADDRESSES = 10_000
"""Addresses kept of one field."""

_SPECIAL = re.compile(r'[\\"()<>,:;]')
_SPACE = re.compile(r"\s+")
_IN_QUOTES = re.compile(r'((?:[^"\\]|\\.)*+)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One author or recipient: the address with its domain in lower case ("" when none is written) and the display name decoded."""

    address: str
    display_name: str


def read_addresses(value: str) -> list[Mailbox]:
    """Return the mailboxes in `value` in order. Never fails: unbalanced quotes and comments end with the field.

    Encoded words are decoded after the split, so that an encoded comma or bracket cannot make a second address.
    """
    mailboxes: list[Mailbox] = []
    for phrase, angle, comment in _split(value):
        if len(mailboxes) >= MOST_ADDRESSES:
            break
        words = _SPACE.sub(" ", phrase).strip()
        if angle is not None:
            written, name = angle, words
        elif "@" in words:
            written, name = _word_with_at(words)
            name = name or comment
        elif words and " " not in words:
            written, name = words, comment
        else:
            written, name = "", words
        if written or name or angle is not None:
            mailboxes.append(Mailbox(address=normal_address(written), display_name=decode_words(name)[0].strip()))
    return mailboxes


def normal_address(written: str) -> str:
    """Return an address without white space and source route, its domain in lower case."""
    address = written.strip() if '"' in written else _SPACE.sub("", written)
    if address.startswith("@") and ":" in address:
        address = address.partition(":")[2]
    local, at, domain = address.rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}" if at else address


def _word_with_at(words: str) -> tuple[str, str]:
    """Return the first word that holds an @, and the others: an address whose brackets were forgotten."""
    if words.startswith('"'):  # a quoted local part with a space in it
        return words, ""
    listed = words.split(" ")
    place = next(place for place, word in enumerate(listed) if "@" in word)
    return listed[place], " ".join(listed[:place] + listed[place + 1 :])


def _split(value: str) -> list[tuple[str, str | None, str]]:
    """Return (phrase, what stood in angle brackets or None, last comment) for each mailbox; groups are opened."""
    found: list[tuple[str, str | None, str]] = []
    phrase: list[str] = []
    angle: str | None = None
    comment = ""
    at = 0
    while at < len(value):
        special = _SPECIAL.search(value, at)
        if special is None:
            phrase.append(value[at:])
            break
        phrase.append(value[at : special.start()])
        at = special.end()
        mark = special.group()
        if mark == '"':
            quoted, at = _quoted(value, at)
            phrase.append(f'"{quoted}"' if value[at : at + 1] == "@" else quoted)  # a quoted local part keeps its quotes
        elif mark == "(":
            inner, at = _comment(value, at)
            comment = inner or comment
            phrase.append(" ")
        elif mark == "<":
            inner, at = _angle(value, at)
            angle = inner if angle is None or "@" not in angle else angle
        elif mark in ",;":
            found.append(("".join(phrase), angle, comment))
            phrase, angle, comment = [], None, ""
        elif mark == ":":
            # the name of a group, unless an address stands before (an unquoted "Re: x <a@b>" loses nothing but the name)
            phrase = []
        elif mark == "\\":
            phrase.append(value[at : at + 1])
            at += 1
    found.append(("".join(phrase), angle, comment))
    return _names_joined([item for item in found if item[0].strip() or item[1] is not None])


def _names_joined(found: list[tuple[str, str | None, str]]) -> list[tuple[str, str | None, str]]:
    """Return the mailboxes with a name that an unquoted comma tore off given back to the address in brackets after it."""
    joined: list[tuple[str, str | None, str]] = []
    waiting: list[tuple[str, str | None, str]] = []
    for item in found:
        if item[1] is None and "@" not in item[0]:
            waiting.append(item)
        elif item[1] is not None and waiting:
            joined.append((",".join(phrase for phrase, _, _ in (*waiting, item)), item[1], item[2]))
            waiting = []
        else:
            joined += [*waiting, item]
            waiting = []
    return joined + waiting


def _quoted(value: str, at: int) -> tuple[str, int]:
    """Return the string whose quote opened before `at`, and the place after it; a quote that never closes is passed over."""
    found = _IN_QUOTES.match(value, at)
    return ("", at) if found is None else (_ESCAPED.sub(r"\1", found[1]), found.end())


def _comment(value: str, at: int) -> tuple[str, int]:
    """Return the comment that opened before `at` and the place after it; nesting is counted, not followed."""
    depth, begin = 1, at
    while at < len(value) and depth:
        character = value[at]
        if character == "\\":
            at += 1
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        at += 1
    return value[begin : at - 1 if depth == 0 else at].strip(), at


def _angle(value: str, at: int) -> tuple[str, int]:
    """Return what stands in the angle bracket opened before `at`; one that never closes ends at the next comma."""
    close = value.find(">", at)
    if close < 0:
        close = value.find(",", at)
        return (value[at:], len(value)) if close < 0 else (value[at:close], close)
    return value[at:close].strip().strip("<"), close + 1
