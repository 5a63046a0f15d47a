"""Signs in how the message came: authentication results as recorded, Message-ID, dates, the host that handed it over."""

from collections.abc import Iterator
from datetime import timedelta

from comity.analysis.phishing.letter import Letter
from comity.analysis.phishing.lists import word_set
from comity.analysis.phishing.sign import Sign, shown
from comity.analysis.phishing.standing import Standing, Vouching, handed_over

_FAR = timedelta(days=3)
_MACHINE_ACCOUNTS = word_set("root www-data apache nobody httpd nginx ubuntu admin daemon www")


def signs(at: Standing) -> Iterator[Sign]:
    """Yield what the delivery shows."""
    yield from _authentication(at)
    yield from _envelope(at)
    yield from _host(at)
    yield from _message_id(at)
    yield from _dates(at)


def _authentication(at: Standing) -> Iterator[Sign]:
    letter = at.letter
    results = f"SPF {letter.spf or 'not recorded'}, DKIM {letter.dkim or 'not recorded'}, DMARC {letter.dmarc or 'not recorded'}"
    author = at.sender or "the author"
    if at.vouching is Vouching.ALIGNED:
        yield Sign(code="author_confirmed", text=f"The receiver confirmed that {author} sent it ({results}).")
    elif at.mailing_list or at.vouching is Vouching.UNRECORDED:
        return
    elif at.vouching is Vouching.REFUSED:
        yield Sign(code="author_refused", text=f"The receiver recorded that {author} did not send it or does not confirm it ({results}).")
        if at.sender_free:
            yield Sign(
                code="author_free_refused",
                text=f"A free mailbox at {author} is sent through the service itself, which would have confirmed it.",
            )
    elif at.vouching is Vouching.NOTHING:
        yield Sign(code="author_unconfirmed", text=f"Nothing the receiver checked confirms that {author} sent it ({results}).")
    else:
        other = at.return_path if letter.spf == "pass" else at.signer
        yield Sign(code="author_other", text=f"What the receiver confirmed is {other or 'another domain'}, not {author} ({results}).")


def _envelope(at: Standing) -> Iterator[Sign]:
    """Yield an envelope sender that is a machine's own account or no domain, while the author claims another."""
    path = at.letter.return_path.lower()
    if not path or at.vouching is Vouching.ALIGNED or at.return_path == at.sender:
        return
    if path.partition("@")[0] in _MACHINE_ACCOUNTS or at.return_path is None:
        yield Sign(
            code="envelope_machine",
            text=f"The envelope sender {shown(path)} is a machine's own account or no real domain, not {at.sender or 'the author'}.",
        )


def _host(at: Standing) -> Iterator[Sign]:
    """Yield a handing-over host that gave no name of its own; programs that log in (ESMTPA) give any name."""
    entry = handed_over(at.letter, at.suffixes)
    if entry is None or not entry.helo or entry.protocol.endswith("A") or "." in entry.reverse:
        return
    if at.domain(entry.helo) is None:
        yield Sign(
            code="host_unnamed",
            text=f"The host at {entry.ip} that sent it gave no name of its own, but {shown(entry.helo)}.",
            trace=entry.trace,
        )


def _message_id(at: Standing) -> Iterator[Sign]:
    letter: Letter = at.letter
    right = letter.message_id.rpartition("@")[2].lower()
    if not letter.message_id:
        yield Sign(code="message_id_missing", text="The message has no Message-ID, which mail programs write.")
        return
    entry = handed_over(at.letter, at.suffixes)
    machine = right.partition(".")[0]
    written_there = entry is not None and machine == entry.by.partition(".")[0] and at.domain(right) == at.domain(entry.by) is not None
    if entry is not None and written_there and at.domain(right) != at.sender and not entry.protocol.endswith("A"):
        yield Sign(
            code="message_id_by_receiver",
            text=f"The Message-ID was written by the receiving host {shown(right)}, so the sending program wrote none.",
            trace=entry.trace,
        )
    elif at.domain(right) is None and "." not in right:
        yield Sign(code="message_id_odd", text=f"The Message-ID names no host: {shown(letter.message_id)!r}.")


def _dates(at: Standing) -> Iterator[Sign]:
    entry = handed_over(at.letter, at.suffixes)
    written = at.letter.date
    if written is not None and entry is not None and entry.at is not None and abs(entry.at - written) > _FAR:
        days = abs(entry.at - written).days
        yield Sign(code="date_far", text=f"The Date is {days} days from the time of receipt.", trace=entry.trace)
