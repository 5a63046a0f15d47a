"""Where a message stands: which domains speak for it, and whether any of them is vouched for."""

from dataclasses import dataclass
from enum import StrEnum

from comity.analysis.domain_name import Suffixes, organization, registrable
from comity.analysis.phishing.acquaintance import Acquaintance, free_mail
from comity.analysis.phishing.letter import Hop, Letter, domain_of
from comity.analysis.phishing.lists import HOUSES, MAILING_SERVICES
from comity.analysis.public_address import public_address


class Vouching(StrEnum):
    """What the recorded authentication results say of the author's domain. Source: RFC 7489, 3.1 (alignment, relaxed)."""

    ALIGNED = "aligned"  # something passed for the author's own domain
    OTHER = "other"  # something passed, for another domain
    NOTHING = "nothing"  # results were recorded, none passed, none failed outright
    REFUSED = "refused"  # the domain's own policy, its SPF record or a signature says no, and nothing passed for it
    UNRECORDED = "unrecorded"  # no receiver wrote anything down: unknown, and not held against the message


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A letter with the registrable domains derived from it; None where there is none.

    `mailing_list` is whether the message came through a list that vouches for itself (or predates results), so that a
    changed reply address and broken signatures are what lists do.
    """

    letter: Letter
    known: Acquaintance
    suffixes: Suffixes
    sender: str | None
    replies: tuple[str, ...]
    return_path: str | None
    signer: str | None
    vouching: Vouching
    mailing_list: bool

    @property
    def sender_free(self) -> bool:
        """Whether the author writes from a domain where anybody opens a mailbox."""
        return free_mail(self.sender)

    def domain(self, host: str | None) -> str | None:
        """Return the registrable domain of `host`."""
        return registrable(host, self.suffixes)

    def related(self, registered: str | None) -> bool:
        """Whether a domain is the author's (or their name elsewhere), the signer's, the return path's or a mailing service's."""
        if registered is None:
            return False
        own = {self.sender, self.return_path, self.signer if self.letter.dkim == "pass" else None} - {None}
        if registered in own or registered in MAILING_SERVICES:
            return True
        return self.sender is not None and not self.sender_free and organization(self.sender) == organization(registered)


def handed_over(letter: Letter, suffixes: Suffixes) -> Hop | None:
    """Return the hop at which a public address outside handed the message to the reader's own mail service; None when none did.

    Hops are read from the outermost inwards; those between hosts of one organization are passed over. Headers further
    in are written by the sender's side and prove nothing.
    """
    for hop in letter.hops:
        if public_address(hop.ip) is None:
            continue
        inside = _house(hop.by, suffixes)
        if inside is not None and inside == _house(hop.reverse or hop.helo, suffixes):
            continue
        return hop
    return None


def _list_vouched(letter: Letter, suffixes: Suffixes, return_path: str | None, signer: str | None) -> bool:
    """Whether the list of the List-Id sent it, as far as was recorded; then the author's own signature may well be broken."""
    if not letter.judged:
        return True
    house = registrable(letter.list_id.rpartition("<")[2].strip("> ").lower(), suffixes)
    passed = {return_path if letter.spf == "pass" else None, signer if letter.dkim == "pass" else None}
    return house is not None and house in passed


def _house(host: str, suffixes: Suffixes) -> str | None:
    registered = registrable(host, suffixes)
    return None if registered is None else HOUSES.get(registered, registered)


def standing(letter: Letter, known: Acquaintance, suffixes: Suffixes) -> Standing:
    """Return where `letter` stands among the acquaintances of its mailbox."""
    sender = registrable(letter.sender_domain, suffixes)
    return_path = registrable(domain_of(letter.return_path), suffixes)
    signer = registrable(letter.dkim_domain, suffixes)
    vouching = _vouching(letter, suffixes, sender, return_path, signer)
    return Standing(
        letter=letter,
        known=known,
        suffixes=suffixes,
        sender=sender,
        replies=tuple(sorted({domain for address in letter.reply_to if (domain := registrable(domain_of(address), suffixes)) is not None})),
        return_path=return_path,
        signer=signer,
        vouching=vouching,
        mailing_list=bool(letter.list_id) and _list_vouched(letter, suffixes, return_path, signer),
    )


def _vouching(letter: Letter, suffixes: Suffixes, sender: str | None, return_path: str | None, signer: str | None) -> Vouching:
    if not letter.judged:
        return Vouching.UNRECORDED
    signed, sent = letter.dkim == "pass", letter.spf == "pass"
    if sender is not None and (
        letter.dmarc in {"pass", "bestguesspass"} or (signed and signer == sender) or (sent and return_path == sender)
    ):
        return Vouching.ALIGNED
    if letter.dmarc == "fail":
        return Vouching.REFUSED
    if signed or sent:
        return Vouching.OTHER
    if letter.spf in {"fail", "softfail", "hardfail"} or letter.dkim == "fail":
        return Vouching.REFUSED
    inside = bool(letter.hops) and handed_over(letter, suffixes) is None
    return Vouching.UNRECORDED if inside else Vouching.NOTHING  # what never came from outside was not checked
