"""Signs in what is demanded: money, cards, a changed salary account, a password; and who demands it from where.

Letters of business e-mail compromise carry no link and few words; what tells them is that a demand comes together with an
author who cannot be the one he speaks for. A demand is a thing and an act with it, each in words of one of seven languages
(as in `phrases`); it is looked for near the beginning, since such letters are short and long ones hold any two words.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress

from comity.analysis.domain_name import skeleton
from comity.analysis.indicators.reading import spaced_accounts
from comity.analysis.phishing.letter import Letter, domain_of
from comity.analysis.phishing.lists import FREE_HOSTING
from comity.analysis.phishing.sign import Sign, shown
from comity.analysis.phishing.standing import Standing, Vouching
from comity.analysis.phishing.wording import words_of
from comity.terms.errors import MaterialError
from comity.terms.iban import normalize_iban

_READ = 2_500
_MOST_LINKS = 200


def _phrases(text: str) -> tuple[str, ...]:
    """Return the phrases parted by "/" as they are looked for between spaces; `*` lets the last word go on."""
    written = (phrase.strip() for phrase in text.split("/"))
    return tuple(f" {phrase[:-1]}" if phrase.endswith("*") else f" {phrase} " for phrase in written if phrase)


_CARDS = _phrases(
    "gift card*/giftcard*/itunes card*/apple card*/google play/steam card*/amazon card*/razer gold/cartao presente/cartoes presente/"
    "vale presente/cartao google*/cartoes google*/tarjeta* regalo/tarjeta regalo/tarjetas regalo/tarjetas de regalo/geschenkkarte*/"
    "guthabenkarte*/gutscheinkarte*/carte cadeau/cartes cadeau*/cartes itunes/carte regalo/carta regalo/buoni regalo/cadeaukaart*/"
    "cadeaubon*"
)
_CODES = _phrases(
    "scratch*/the codes/codes to me/photo of the card*/photos of the card*/picture of the card*/pictures of the card*/pictures of each/"
    "photo of each/raspe/raspar/fotos dos codigos/foto dos codigos/envie os codigos/mande os codigos/me mande os/rasque*/raspa*/"
    "los codigos/fotos de los codigos/rubbel*/freirubbel*/die codes/fotos der codes/fotos der karten/grattez/gratter/les codes/"
    "photos des codes/gratta*/i codici/foto dei codici/krassen/kras/de codes/foto s van de codes"
)
_TRANSFER = _phrases(
    "wire transfer/bank transfer/a transfer/a wire/wire payment/process a payment/make a payment/payment out/uma transferencia/"
    "transferencia bancaria/transferencia urgente/um pagamento/um pix/fazer um ted/una transferencia/un pago/uberweisung*/zahlung/"
    "uberweisen/un virement/virement/un paiement/un bonifico/bonifico/un pagamento/overschrijving/spoedoverschrijving/een betaling/"
    "overmaken"
)
_QUIET = _phrases(
    "confidential*/keep this between/between us/do not tell/don t tell/do not discuss/surprise/in a meeting/in meetings/can t talk/"
    "cannot talk/can t take calls/do not call/don t call/reply here/only by email/discre*/confidencial*/sigilo*/nao conte/"
    "nao comente/em reuniao/em uma reuniao/nao posso falar/nao posso atender/responda por aqui/por aqui/surpresa/no lo comentes/"
    "no lo comente/no le digas/en una reunion/en reunion/no puedo hablar/sorpresa/vertraulich*/diskret*/niemandem/"
    "in einer besprechung/in einem meeting/nicht telefonieren/nicht erreichbar/nur per mail/nur per e mail/uberraschung/"
    "confidentiel*/n en parlez/ne parlez/en reunion/pas joignable/par mail uniquement/riservat*/in riunione/non posso parlare/"
    "non dirlo/sorpresa/vertrouwelijk*/in een vergadering/niet bellen/tegen niemand/verrassing"
)
_SALARY = _phrases(
    "direct deposit/payroll/my salary/salary account/my pay check/my paycheck/my next pay*/next pay period/conta salario/"
    "conta de salario/conta do salario/meu salario/folha de pagamento/mi nomina/cuenta de nomina/mi salario/mi sueldo/gehaltskonto/"
    "mein gehalt/meines gehalts/meine gehalts*/gehaltszahlung/lohnkonto/mon salaire/compte de salaire/ma paie/mio stipendio/"
    "accredito dello stipendio/mijn salaris/salarisrekening/mijn loon"
)
_CHANGE = _phrases(
    "change my/update my/changed my/changed banks/new bank/new account/switch my/atualizar minha/alterar minha/mudar minha/trocar minha/"
    "atualize minha/mudei de banco/troquei de banco/nova conta/cambiar mi/actualizar mi/cambie de banco/he cambiado/nueva cuenta/"
    "andern/geandert/neues konto/neuem konto/neuen konto/neue bankverbindung/bank gewechselt/changer mon/changer mes/change de banque/"
    "nouveau compte/nouveau rib/cambiare il/aggiornare il/cambiato banca/nuovo conto/nuovo iban/wijzigen/gewijzigd/nieuwe rekening/"
    "nieuw rekeningnummer/andere bank"
)
_PAYING = _phrases(
    "pay/payment*/transfer/transferred/remit*/deposit/wire/pagar/pague/pagamento*/transferir/transfira/transferencia*/deposit*/pago/"
    "pagos/abonar/zahlung*/zahlen/bezahlen/uberweis*/paiement*/payer/virement*/virer/pagare/bonifico/versare/betaling*/betalen/"
    "overmaken/overschrijving/gehalt*/salar*"
)
_PASSWORD = _phrases(
    "your email and password/your email address and password/with email and password/your mail and password/enter your password/"
    "sign in to view/sign in to read/log in to view/login to view/seu e mail e senha/seu email e senha/com e mail e senha/"
    "digite sua senha/informe sua senha/su correo y contrasena/con correo y contrasena/introduzca su contrasena/"
    "ingrese su contrasena/ihr passwort ein/mit e mail und passwort/ihrer e mail adresse und/mit ihrem passwort/"
    "votre e mail et mot de passe/e mail et votre mot de passe/saisissez votre mot de passe/entrez votre mot de passe/"
    "tua email e password/sua e mail e password/con email e password/inserisca la password/inserisci la password/"
    "uw e mail en wachtwoord/uw e mailadres en wachtwoord/uw wachtwoord in"
)

_TOGETHER = re.compile(r"\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b")
# a branch and an account, a sort code or a routing number and an account: banks without IBANs are written so
_IN_TWO = re.compile(
    r"\b(?:ag|ag[eê]ncia|sort code|routing|routing number|aba)[ .:#nº]{0,5}\d[\d-]{2,10}[ ,;/\n]{1,4}"
    r"(?:e )?(?:cc|c/c|conta|conta corrente|account|account number|acct|acc)[ .:#nº]{0,5}\d[\d.-]{3,15}",
    re.IGNORECASE,
)

_MASKS = frozenset(
    {
        "name_is_address", "reply_look_alike", "correspondent_homoglyph", "correspondent_edit", "correspondent_combination",
        "name_of_correspondent", "own_address",
    }
)  # fmt: skip
_ANSWERED_ELSEWHERE = frozenset({"reply_free_mail", "reply_elsewhere_free"})


def signs(at: Standing, who: AbstractSet[str]) -> Iterator[Sign]:
    """Yield what is demanded, and what of the author does not fit it; `who` are the codes of `sender.signs`."""
    if at.mailing_list:
        return
    letter = at.letter
    words = words_of(f"{letter.subject}\n{letter.text[:_READ]}")
    yield from _password(at, words)
    asked = () if _colleague(at) else tuple(_asked(words))
    yield from asked
    account = _account(letter.text[:_READ]) if _any(_PAYING, words) else None
    if account is not None:
        yield Sign(code="demand_account", text=f"It names an account to pay to, {account}.")
        elsewhere = bool(who & _ANSWERED_ELSEWHERE)
        # small firms have their answers sent to a free mailbox: from a confirmed domain that says less
        if elsewhere and not who & _MASKS and at.vouching is Vouching.ALIGNED:
            yield Sign(code="demand_answered_elsewhere", text=f"Answers about it go to a free mailbox, {_other(letter)}.")
        elif elsewhere or who & _MASKS:
            yield Sign(
                code="demand_masked",
                text=f"Money for {account} is asked for under one name or address; another, {_other(letter)}, writes or is answered.",
            )
    if asked and at.sender_free and not _acquainted(at):
        yield Sign(
            code="demand_free_mail",
            text=f"The demand comes from a free mailbox, {letter.sender}, which this mailbox does not know under that name.",
        )


def _asked(words: str) -> Iterator[Sign]:
    if (card := _any(_CARDS, words)) and (code := _any(_CODES, words)):
        yield Sign(code="demand_cards", text=f"It asks for cards as good as cash and for what is on them: “{card}”, “{code}”.")
    if (quiet := _any(_QUIET, words)) and (transfer := _any(_TRANSFER, words)):
        yield Sign(
            code="demand_transfer", text=f"It speaks of a payment and of not talking about it or not calling: “{transfer}”, “{quiet}”."
        )
    if (salary := _any(_SALARY, words)) and (change := _any(_CHANGE, words)):
        yield Sign(code="demand_payroll", text=f"It asks to pay a salary to another account: “{salary}”, “{change}”.")


def _colleague(at: Standing) -> bool:
    """Whether the author writes, confirmed, from the reader's own domain: payroll offices and managers speak of these things daily."""
    own = {at.domain(domain_of(address)) for address in at.letter.recipients}
    return at.vouching is Vouching.ALIGNED and not at.sender_free and at.sender in own


def _any(phrases: tuple[str, ...], words: str) -> str | None:
    return next((phrase.strip() for phrase in phrases if phrase in words), None)


def _account(text: str) -> str | None:
    """Return the first account written in `text`: an IBAN whose check digits fit, or a branch with an account number."""
    grouped = spaced_accounts(text)
    if grouped:
        return grouped[0]
    for match in _TOGETHER.finditer(text):
        with suppress(MaterialError):
            return normalize_iban(match[0])
    parted = _IN_TWO.search(text)
    return shown(parted[0]) if parted else None


def _other(letter: Letter) -> str:
    return next((address for address in letter.reply_to if address.lower() != letter.sender.lower()), letter.sender)


def _acquainted(at: Standing) -> bool:
    return at.letter.sender.lower() in at.known.names.get(skeleton(at.letter.sender_name.strip()), frozenset())


def _password(at: Standing, words: str) -> Iterator[Sign]:
    asked = _any(_PASSWORD, words)
    if asked is None:
        return
    hosts = (link.host for link in at.letter.links[:_MOST_LINKS] if link.host)
    borrowed = next((host for host in hosts if _borrowed(host) and not at.related(at.domain(host))), None)
    if borrowed is not None:
        yield Sign(
            code="demand_password",
            text=f"It asks for a password (“{asked}”) and leads to {borrowed}, where anybody can put a page.",
        )


def _borrowed(host: str) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in FREE_HOSTING)
