"""Lures that a reader passed on: the message inside, as the headers quoted in the text give it.

People who report a lure forward it; the mail is then honest and its content is not. Only what the forwarding program
wrote is known of the inner message: author, subject, text. Nothing of it is authenticated.
"""

import re
from dataclasses import replace

from comity.analysis.phishing.letter import Letter

_OPENING = re.compile(
    r"^[>*\s]{0,12}(?:from|de|von|da|van|från|fra|od)[*\s]{0,4}:[*\s]{0,4}(\S[^\n]{0,400})$", re.IGNORECASE | re.MULTILINE
)
_SUBJECT = re.compile(
    r"^[>*\s]{0,12}(?:subject|assunto|asunto|betreff|objet|oggetto|onderwerp|ämne|emne|temat)[*\s]{0,4}:[*\s]{0,4}([^\n]{0,400})$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"<?\s{0,3}([^\s<>\"']{1,64}@[\w.-]{1,253})\s{0,3}>?")
_FORWARDS = ("fw:", "fwd:", "enc:", "wg:", "tr:", "rv:", "i:", "doorst:", "vs:", "vb:", "res: enc:")
_WITHIN = 3_000
_HEADER_BLOCK = 1_500


def passed_on(letter: Letter) -> Letter | None:
    """Return the message a reader forwarded in `letter`, with the quoted author and subject; None when it forwards none.

    The subject must say so, and a quoted header block with an address and a subject must stand near the beginning.
    """
    if not letter.subject.strip().lower().startswith(_FORWARDS):
        return None
    opening = _OPENING.search(letter.text[:_WITHIN])
    if opening is None:
        return None
    subject = _SUBJECT.search(letter.text[: opening.end() + _HEADER_BLOCK], opening.end())
    address = _ADDRESS.search(opening[1])
    if subject is None or address is None:
        return None
    return replace(
        letter,
        sender=address[1].rstrip(".>"),
        sender_name=opening[1][: address.start()].strip(" *<\"'"),
        sender_count=1,
        reply_to=(),
        return_path="",
        subject=subject[1].strip(),
        in_reply_to="",
        references=(),
        list_id="",
        spf=None,
        dkim=None,
        dkim_domain="",
        dmarc=None,
        text=letter.text[subject.end() :],
        hops=(),
        message_id=letter.message_id,
    )
