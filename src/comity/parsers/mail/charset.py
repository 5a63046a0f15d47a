"""Bytes to text under a declared, absent or false character set. Never fails; says when it had to guess."""

import codecs

_ALIASES = {
    "gb2312": "gb18030", "gbk": "gb18030", "utf8mb4": "utf-8", "unicode-1-1-utf-7": "utf-7", "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "ansi": "windows-1252", "x-sjis": "shift_jis", "ks_c_5601-1987": "cp949",
    "windows-31j": "cp932", "x-gbk": "gb18030", "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "unicode": "utf-16",
}  # fmt: skip
_ASCII = {"", "ascii", "iso8859-1", "unknown-8bit", "x-unknown", "default", "none", "binary", "8bit", "7bit"}
_NO_CHARSET = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_LONGEST_NAME = 60


def decode(raw: bytes, declared: str) -> tuple[str, str]:
    """Return the text of `raw` and what is wrong with it in short words ("" for nothing).

    A declared set that Python knows is used, faulty bytes replaced. ASCII, ISO-8859-1, unknown and no set are read as
    UTF-8 when that fits and else as windows-1252, which is what mail programs show (WHATWG Encoding Standard, 4.2).
    """
    name, known = _codec(declared)
    if raw.isascii() and name in _ASCII:
        return raw.decode("ascii"), "" if known else f"unknown charset {declared[:40]}"
    if name not in _ASCII:
        return _with_codec(raw, name)
    wrong = "" if known else f"unknown charset {declared[:40]}"
    if name == "ascii":
        wrong = "8-bit bytes in text declared ASCII"
    try:
        return raw.decode("utf-8"), wrong or ("" if name != "iso8859-1" else "UTF-8 declared as ISO-8859-1")
    except UnicodeDecodeError:
        text = raw.decode("windows-1252", errors="replace")
        return text, wrong or ("8-bit bytes in no stated charset" if not declared else "")


def without_surrogates(text: str) -> str:
    """Return `text` with lone surrogates replaced, so that it has a UTF-8 form."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")
    return text


def _with_codec(raw: bytes, name: str) -> tuple[str, str]:
    try:
        return without_surrogates(raw.decode(name)), ""
    except UnicodeError:
        try:
            return without_surrogates(raw.decode(name, errors="replace")), f"bytes that are not {name}"
        except UnicodeError:  # utf-16 without room for a code unit, and the like
            return raw.decode("windows-1252", errors="replace"), f"bytes that are not {name}"


def _codec(declared: str) -> tuple[str, bool]:
    """Return Python's name of the set ("" when there is none) and whether the declaration was understood."""
    name = declared.strip().strip("'\"").lower()[:_LONGEST_NAME]
    if name in _ASCII:
        return "", not name or name in {"ascii", "7bit", "8bit", "binary"}
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name
        b"".decode(found)
    except (LookupError, ValueError):  # unknown, a name with NUL, or a codec that is not of text
        return "", False
    if found.replace("-", "_") in _NO_CHARSET:
        return "", False
    return found, True
