"""Encoded words: text other than ASCII in header fields.

Source: RFC 2047; RFC 2231, 5 (language after the charset).
"""

import binascii

from comity.parsers.mail.charset import decode

_LONGEST_CHARSET = 64


def decode_words(text: str) -> tuple[str, str]:
    """Return `text` with its encoded words decoded, and what is wrong with them in short words ("" for nothing).

    Neighbouring words of one charset are joined before they are decoded, since senders split within a character.
    What is not a whole encoded word stays as written.
    """
    if "=?" not in text:
        return text, ""
    pieces: list[str] = []
    wrong = ""
    pending = b""
    pending_charset = ""
    written = 0  # up to here `text` has been taken over
    at = text.find("=?")
    while at >= 0:
        word = _word(text, at)
        if word is None:
            if text.find("?=", at) < 0:
                break
            at = text.find("=?", at + 2)
            continue
        charset, raw, end, fault = word
        between = text[written:at]
        if pending_charset and (between.strip() or charset != pending_charset):
            plain, bad = decode(pending, pending_charset)
            pieces.append(plain)
            wrong = wrong or bad
            pending = b""
        if between.strip() or not pending_charset:
            pieces.append(between)
        pending, pending_charset, written = pending + raw, charset, end
        wrong = wrong or fault
        at = text.find("=?", end)
    if pending_charset:
        plain, bad = decode(pending, pending_charset)
        pieces.append(plain)
        wrong = wrong or bad
    pieces.append(text[written:])
    return "".join(pieces), wrong


def _word(text: str, at: int) -> tuple[str, bytes, int, str] | None:
    """Return (charset, bytes, end, fault) of the encoded word at `at`, None when there is none."""
    after_charset = text.find("?", at + 2, at + 2 + _LONGEST_CHARSET)
    if after_charset <= at + 2 or text[after_charset + 2 : after_charset + 3] != "?":
        return None
    charset = text[at + 2 : after_charset].partition("*")[0].lower()
    if not charset or not charset.isascii() or any(character.isspace() for character in charset):
        return None
    encoding = text[after_charset + 1].upper()
    end = text.find("?=", after_charset + 3)
    if end < 0 or encoding not in "BQ":
        return None
    body = text[after_charset + 3 : end].encode("utf-8", errors="replace")
    if encoding == "Q":
        return charset, binascii.a2b_qp(body, header=True), end + 2, ""
    raw, fault = decode_base64(body)
    return charset, raw, end + 2, "bad base64 in an encoded word" if fault else ""


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_WHITE = b" \t\r\n"
_REST = bytes(sorted(set(range(256)) - set(_ALPHABET) - {0x3D}))


def decode_base64(encoded: bytes) -> tuple[bytes, bool]:
    """Return the bytes of `encoded` and whether it was malformed; malformed input gives what can be decoded.

    Foreign characters are skipped (RFC 2045, 6.8). A line of which more than a quarter is foreign, and after padding any
    line that has one, is no base64: text that a mailing list appended, where decoding ends. A last digit that carries no
    whole byte is dropped.
    """
    try:
        return binascii.a2b_base64(encoded.translate(None, _WHITE), strict_mode=True), False
    except binascii.Error:
        pass
    digits: list[bytes] = []
    padded = False
    for line in encoded.splitlines():
        written = line.translate(None, _WHITE)
        kept = written.translate(None, _REST)
        if 4 * len(kept) < 3 * len(written) or (padded and kept != written):
            break
        digits.append(kept)
        padded = padded or b"=" in kept
    out: list[bytes] = []
    for run in b"".join(digits).split(b"="):
        whole = run[: len(run) - 1] if len(run) % 4 == 1 else run
        if whole:
            out.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(out), True
