"""From signs to a judgement: points per sign, a ceiling per group, thresholds; readable, and the same for everybody.

The points are a person's, checked against measurements (docs/methods/phishing.md); the thresholds were set on the
tuning part alone. Below `WEAK` no finding is made. Nothing here reads an age, a corpus or a recipient.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from comity.analysis.domain_name import Suffixes
from comity.analysis.finding import Strength
from comity.analysis.phishing import content, delivery, demand, sender, target
from comity.analysis.phishing.acquaintance import Acquaintance
from comity.analysis.phishing.forwarded import passed_on
from comity.analysis.phishing.letter import Letter
from comity.analysis.phishing.sign import Sign
from comity.analysis.phishing.standing import Standing, standing
from comity.analysis.phishing.wording import read

POINTS: Mapping[str, float] = {
    # who writes
    "passed_on": 0.0,
    "author_unusable": 2.0,
    "author_several": 1.5,
    "author_imitates_brand": 3.0,
    "author_joins_brand": 2.0,
    "author_holds_brand": 2.0,
    "author_holds_domain": 3.0,
    "author_encoded": 1.0,
    "author_random": 1.0,
    "author_cheap_suffix": 1.0,
    "author_numbered": 1.0,
    "name_is_address": 2.5,
    "name_borrows_brand": 3.5,
    "name_of_firm_free_mail": 2.0,
    "name_disguised": 2.5,
    "name_decorated": 1.0,
    "subject_disguised": 2.0,
    "reader_named": 1.5,
    "own_address": 2.0,
    "reply_free_mail": 2.5,
    "reply_elsewhere_free": 2.0,
    "reply_elsewhere": 1.0,
    "reply_look_alike": 4.0,
    "correspondent_homoglyph": 4.5,
    "correspondent_edit": 3.5,
    "correspondent_combination": 3.0,
    "correspondent_suffix": 1.5,
    "thread_taken_over": 3.0,
    "name_of_correspondent": 2.0,
    "brand_writes_itself": -4.0,
    # how it came
    "author_confirmed": -0.5,
    "author_refused": 2.5,
    "author_free_refused": 1.0,
    "author_unconfirmed": 2.0,
    "author_other": 1.5,
    "envelope_machine": 1.5,
    "host_unnamed": 1.5,
    "message_id_missing": 1.5,
    "message_id_by_receiver": 1.5,
    "message_id_odd": 0.5,
    "date_far": 1.0,
    # where links lead
    "link_scripted": 3.0,
    "link_broken": 1.0,
    "link_bare_address": 2.5,
    "link_user_part": 3.0,
    "link_odd_port": 1.0,
    "link_encoded": 1.5,
    "link_shortened": 1.5,
    "link_free_hosting": 1.5,
    "link_shared_tool": 0.5,
    "link_redirect": 1.0,
    "link_imitates_brand": 3.0,
    "link_holds_brand": 2.5,
    "link_holds_domain": 2.0,
    "link_random": 1.0,
    "link_inner_folder": 1.5,
    "link_names_reader": 1.5,
    "link_shown_otherwise": 2.5,
    "link_mail_button": 2.0,
    "links_all_elsewhere": 1.0,
    "links_all_one": 0.5,
    "links_all_hidden": 1.0,
    "links_lead_home": -1.5,
    "picture_with_link": 1.5,
    # what it demands
    "demand_cards": 2.5,
    "demand_transfer": 1.5,
    "demand_payroll": 2.5,
    "demand_account": 1.0,
    "demand_masked": 2.5,
    "demand_answered_elsewhere": 1.0,
    "demand_free_mail": 2.0,
    "demand_password": 3.5,
    # what it says
    "wording_credentials": 1.5,
    "wording_prize": 1.5,
    "wording_parcel": 1.5,
    "wording_coins": 1.5,
    "wording_advance_fee": 2.5,
    "wording_advance_fee_much": 2.0,
    "wording_extortion": 1.5,
    "wording_extortion_much": 4.0,
    "wording_romance": 2.0,
    "wording_romance_much": 1.0,
    "wording_cure": 1.5,
    "wording_gambling": 1.5,
    "wording_alarm": 1.5,
    "wording_authority": 1.0,
    "wording_bank_details": 1.5,
    "wording_errand": 1.5,
    "wording_errand_much": 1.5,
    "wording_offer": 0.5,
    "wording_disowned": 1.5,
    "wording_salutation": 0.5,
    "wording_deadline": 0.5,
    "wording_prize_much": 1.0,
    "wording_coins_much": 1.0,
    "wording_credentials_much": 1.0,
    "wording_disguised": 2.5,
    "wording_bill": 1.0,
    "text_borrows_brand": 2.0,
    "text_brand_free_mail": 2.0,
    "text_free_mailbox": 1.0,
    "characters_hidden": 1.5,
    "form_inside": 2.0,
    "template_unfilled": 1.0,
    "attachment_runs": 4.0,
    "attachment_disk": 3.0,
    "attachment_page": 2.5,
    "attachment_macros": 2.0,
    "attachment_packed": 0.5,
    "attachment_two_endings": 2.5,
}

# No group alone reaches a finding by repetition; wording alone does only where the words are the whole deed.
CEILINGS: Mapping[str, float] = {"wording": 4.5, "link": 4.5, "attachment": 5.0, "message": 2.0, "demand": 5.0}
# Links that lead home excuse nobody whose home is a borrowed name.
_BORROWED_HOMES = frozenset({"name_borrows_brand", "author_imitates_brand", "author_holds_brand", "author_holds_domain", "name_is_address"})
WEAK = 3.5
MODERATE = 5.5
STRONG = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The signs of one message, heaviest first, and what they come to.

    `strength` is None when the points stay below `WEAK`. `readable` is False when there was no text and no link to
    judge (a picture alone, an encrypted body): then silence says nothing.
    """

    signs: tuple[Sign, ...]
    points: float
    strength: Strength | None
    readable: bool


def judge(letter: Letter, known: Acquaintance, suffixes: Suffixes) -> Judgement:
    """Return the judgement of one message among the acquaintances of its mailbox.

    A message that a reader forwarded is judged by what it forwards, when that weighs more.
    """
    outer = _judged(standing(letter, known, suffixes))
    inner = passed_on(letter)
    if inner is None:
        return outer
    signs = (
        Sign(code="passed_on", text=f"{letter.sender} passed it on; the quoted author is {inner.sender}."),
        *_signs(standing(inner, known, suffixes)),
    )
    within = _judgement(inner, signs)
    return within if within.points >= outer.points else outer


def _judged(at: Standing) -> Judgement:
    return _judgement(at.letter, _signs(at))


def _signs(at: Standing) -> tuple[Sign, ...]:
    reading = read(f"{at.letter.sender_name}\n{at.letter.subject}\n{at.letter.text}")
    who = tuple(sender.signs(at))
    codes = {sign.code for sign in who}
    where = (sign for sign in target.signs(at) if sign.code != "links_lead_home" or not codes & _BORROWED_HOMES)
    return (*who, *delivery.signs(at), *where, *demand.signs(at, codes), *content.signs(at, reading))


def _judgement(letter: Letter, found: tuple[Sign, ...]) -> Judgement:
    signs = tuple(sorted((sign for sign in found if sign.code in POINTS), key=lambda sign: (-POINTS[sign.code], sign.code)))
    points = _total(signs)
    readable = bool(letter.text.strip() or letter.links or letter.subject.strip())
    return Judgement(signs=signs, points=points, strength=_strength(points), readable=readable)


def _strength(points: float) -> Strength | None:
    for strength, least in ((Strength.STRONG, STRONG), (Strength.MODERATE, MODERATE), (Strength.WEAK, WEAK)):
        if points >= least:
            return strength
    return None


def _total(signs: tuple[Sign, ...]) -> float:
    groups: dict[str, float] = {}
    for sign in signs:
        group = sign.code.partition("_")[0].removesuffix("s")
        groups[group] = groups.get(group, 0.0) + POINTS[sign.code]
    return sum(min(points, CEILINGS.get(group, points)) for group, points in groups.items())
