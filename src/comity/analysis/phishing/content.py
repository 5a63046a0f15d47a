"""Signs in what the message says and carries: wording, hidden text, forms, attachments."""

import re
from collections.abc import Iterator

from comity.analysis.phishing import brand
from comity.analysis.phishing.acquaintance import free_mail
from comity.analysis.phishing.forwarded import passed_on
from comity.analysis.phishing.lists import word_set
from comity.analysis.phishing.sign import Sign, shown
from comity.analysis.phishing.standing import Standing
from comity.analysis.phishing.wording import BY_NAME, Reading

_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{1,40}\}\}|\[Your Name\]|\[\[[^\[\]]{1,40}\]\]|%%[A-Za-z_]{2,30}%%|\$\{[^{}]{1,40}\}"
    r"|#[a-z]{3,12} [a-z]{3,12}#|=\[[A-Z_]{4,20}\]"
)
_MAILBOX = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})")
_MANY_HIDDEN = 12
FEW_LINKS = 4
_BORROWING = ("credentials", "prize", "parcel", "coins", "alarm", "authority", "bill")
_RUNNING = word_set(
    """
    exe scr pif com bat cmd js jse vbs vbe wsf wsh hta msi lnk ps1 jar cpl reg chm one apk dll url
    """
)
_DISKS = word_set(
    """
    iso img vhd vhdx udf ace arj cab
    """
)
_PACKED = word_set(
    """
    zip rar 7z gz tgz tar bz2 xz
    """
)
_PAGES = word_set(
    """
    htm html shtml xhtml mht mhtml svg xht
    """
)
_MACROS = word_set(
    """
    docm xlsm pptm dotm xlam xll xlsb ppam
    """
)
_DOCUMENTS = word_set(
    """
    pdf doc docx xls xlsx ppt pptx rtf txt jpg jpeg png gif csv odt
    """
)


def signs(at: Standing, reading: Reading) -> Iterator[Sign]:
    """Yield what the text and the attachments show; `reading` is the wording of name, subject and text together."""
    for name, hits in reading.found.items():
        if name == "advance_fee" and len(at.letter.links) > FEW_LINKS:
            continue  # such letters ask for an answer; appeals for donations and newsletters are full of links
        quoted = ", ".join(f"“{phrase.rstrip('*')}”" for phrase in hits.phrases[:4])
        yield Sign(code=f"wording_{name}", text=f"It {BY_NAME[name].reads}: {quoted}.")
        if hits.much:
            yield Sign(code=f"wording_{name}_much", text=f"{len(hits.phrases)} phrases of that kind.")
    if reading.disguised:
        yield Sign(
            code="wording_disguised",
            text=f"Words are written to escape a search: {', '.join(ascii(shown(w, most=30)) for w in reading.disguised[:3])}.",
        )
    yield from _borrowed(at, reading)
    yield from _other_mailbox(at, reading)
    yield from _hidden(at, reading)
    yield from _attachments(at)


def _borrowed(at: Standing, reading: Reading) -> Iterator[Sign]:
    """Yield a brand named in the subject or the opening, for an errand lures run, by somebody who is not that brand."""
    if (
        at.mailing_list
        or not any(name in reading.found for name in _BORROWING)
        or at.letter.in_reply_to
        or passed_on(at.letter) is not None
    ):
        return
    brands = brand.mentioned(f"{at.letter.subject} {at.letter.text[:300]}")
    hosts = {at.domain(link.host) for link in at.letter.links[:200]} | {at.sender}
    if brands and not any(brand.owns(one, host) for one in brands for host in hosts):
        yield Sign(
            code="text_borrows_brand", text=f"It speaks of {brands[0]} in its opening, but neither the author nor any link belongs to it."
        )
        if at.sender_free:
            yield Sign(code="text_brand_free_mail", text=f"It does so from a free mailbox, {at.letter.sender}.")


def _other_mailbox(at: Standing, reading: Reading) -> Iterator[Sign]:
    """Yield a free mailbox to write to, given in a text about money, that is not the author's."""
    if not any(name in reading.found for name in ("advance_fee", "errand", "bill", "romance")):
        return
    own = {at.letter.sender.lower(), *(one.lower() for one in at.letter.recipients)}
    for match in _MAILBOX.finditer(at.letter.text[:10_000]):
        if match[0].lower() not in own and free_mail(at.domain(match[1].lower())):
            yield Sign(code="text_free_mailbox", text=f"It asks to write to a free mailbox, {match[0]}, that is not the author's address.")
            return


def _hidden(at: Standing, reading: Reading) -> Iterator[Sign]:
    letter = at.letter
    if letter.hidden_characters >= _MANY_HIDDEN and letter.hidden_characters * 3 >= len(letter.text.split()):
        yield Sign(code="characters_hidden", text=f"The text holds {letter.hidden_characters} invisible characters.")
    if letter.forms and "credentials" in reading.found:
        yield Sign(code="form_inside", text="The message itself holds a form to fill in.")
    placeholder = _PLACEHOLDER.search(letter.text) or next((m for link in letter.links[:50] if (m := _PLACEHOLDER.search(link.url))), None)
    if placeholder:
        yield Sign(code="template_unfilled", text=f"A place of the template was left unfilled: {shown(placeholder[0])}.")


def _attachments(at: Standing) -> Iterator[Sign]:
    seen: set[str] = set()
    for name in at.letter.attachments[:100]:
        for sign in _attachment(name):
            if sign.code not in seen:
                seen.add(sign.code)
                yield sign


def _attachment(name: str) -> Iterator[Sign]:
    parts = name.lower().rstrip(". ").split(".")
    if len(parts) < 2:  # noqa: PLR2004 - a name without extension
        return
    last, before = parts[-1].strip(), parts[-2].strip()
    if last in _RUNNING:
        yield Sign(code="attachment_runs", text=f"The attachment {shown(name)} is a program or script.")
    elif last in _DISKS:
        yield Sign(code="attachment_disk", text=f"The attachment {shown(name)} is a disk image or a rare archive, which slips past checks.")
    elif last in _PAGES:
        yield Sign(code="attachment_page", text=f"The attachment {shown(name)} is a web page that opens on the reader's own machine.")
    elif last in _MACROS:
        yield Sign(code="attachment_macros", text=f"The attachment {shown(name)} may carry macros.")
    elif last in _PACKED:
        yield Sign(code="attachment_packed", text=f"The attachment {shown(name)} is an archive.")
    if before in _DOCUMENTS and last not in _DOCUMENTS | _PACKED | {"asc", "sig", "p7m", "p7s"}:
        yield Sign(code="attachment_two_endings", text=f"The attachment {shown(name)} pretends to be a .{before} file.")
    if "\u202e" in name:
        yield Sign(code="attachment_two_endings", text="An attachment's name is turned round with a control character.")
