"""The offenders' mail: a lure for the clerk's password, then an invoice thread taken over."""

# ruff: noqa: E501 - texts, log lines and tables of facts are kept whole

import random
from datetime import timedelta

import story
from correspondence import real_invoice
from story import JONAS, MARINA, Person

from mail import Attachment, Mail, identity, zipped

_IMPOSTOR = Person(name="Jonas Petersen", address=f"jonas.petersen@{story.LOOKALIKE_DOMAIN}", machine="198.51.100.44")
_LOOKALIKE_HOST = (f"smtp.{story.LOOKALIKE_DOMAIN}", story.LOOKALIKE_MAIL)


def _changed_invoice(number: str, amount: str) -> bytes:
    return (
        f"Invoice {number}\nHansa Pumpen GmbH, Hamburg\nTo: Estaleiro Aurora Ltda\nAmount: EUR {amount}\n"
        f"IBAN: {story.MULE_ACCOUNT.iban}\nBIC: {story.MULE_ACCOUNT.bic}\nBeneficiary: Hansa Pumpen GmbH\n"
    ).encode()


def lures(rng: random.Random) -> list[Mail]:
    """Return the six lures and the one real invoice they were grafted on."""
    credential = Mail(
        sent=story.CREDENTIAL_LURE, zone=story.GERMANY, to=(MARINA.address,), subject="Ação necessária: sua caixa postal será suspensa hoje",
        sender=Person(name="Suporte Estaleiro Aurora", address="suporte@webmail-atualiza.example"), return_path="bounce@webmail-atualiza.example",
        text="Sua caixa postal atingiu o limite. Confirme sua senha em até 24 horas para não perder mensagens.\n"
        f"http://{story.LURE_SITE}/webmail/{story.VICTIM_DOMAIN}/login.php",
        html="<p>Prezado usuário,</p><p>sua caixa postal atingiu <b>98%</b> do limite e será <b>suspensa hoje</b>.</p>"
        f'<p><a href="http://{story.LURE_SITE}/webmail/{story.VICTIM_DOMAIN}/login.php">https://webmail.{story.VICTIM_DOMAIN}/confirmar</a></p>'
        "<p>Confirme sua senha em até 24 horas.</p>",
        identity=identity("webmail-atualiza.example", rng), origin=("vps26.rheinhost.example", story.LURE_SITE),
        results=("softfail", "none", "fail"), label="lure_credential",
    )  # fmt: skip
    real = real_invoice(story.FIRST_INVOICE, "184,350.00", story.at("2026-09-08T08:30:12"), rng)
    spoofed = Mail(
        sent=story.HIJACK, zone=story.GERMANY, to=(MARINA.address,), sender=JONAS, subject=f"Re: Invoice {story.FIRST_INVOICE}",
        reply_to=_IMPOSTOR.address, return_path=f"bounce@{story.LOOKALIKE_DOMAIN}", origin=_LOOKALIKE_HOST,
        text=f"Dear Marina,\n\nplease hold the payment of {story.FIRST_INVOICE} for a day. Because of an audit at our bank we will send you other bank\n"
        "details tomorrow. Please answer to this mail only, our telephones are being changed.\n\nKind regards,\nJonas Petersen",
        in_reply_to=(real.identity,), identity=identity(story.SUPPLIER_DOMAIN, rng), results=("pass", "none", "fail"), label="lure_spoofed",
    )  # fmt: skip
    details = Mail(
        sent=story.NEW_DETAILS, zone=story.GERMANY, to=(MARINA.address,), sender=_IMPOSTOR, subject=f"Re: Invoice {story.FIRST_INVOICE}",
        text=f"Dear Marina,\n\nas announced, please use our new bank account for invoice {story.FIRST_INVOICE} and all later ones:\n\n"
        f"IBAN {story.MULE_ACCOUNT.iban}\nBIC {story.MULE_ACCOUNT.bic}\nBeneficiary Hansa Pumpen GmbH\n\nThe old account is closed for the audit.\n"
        "Please send the transfer slip by return.\n\nKind regards,\nJonas Petersen",
        in_reply_to=(real.identity, spoofed.identity), identity=identity(story.LOOKALIKE_DOMAIN, rng), origin=_LOOKALIKE_HOST,
        results=("pass", "pass", "pass"), label="lure_details",
        attachments=(
            Attachment(
                name=f"Invoice_{story.FIRST_INVOICE}.zip", media_type="application/zip",
                data=zipped(f"Invoice_{story.FIRST_INVOICE}.txt", _changed_invoice(story.FIRST_INVOICE, "184,350.00"), modified=story.NEW_DETAILS),
            ),
        ),
    )  # fmt: skip
    pressed = Mail(
        sent=story.PRESSED, zone=story.GERMANY, to=(MARINA.address,), sender=_IMPOSTOR, subject=f"URGENT: Invoice {story.FIRST_INVOICE}",
        text="Dear Marina,\n\nwe still do not see the transfer. Please pay today to the new account, otherwise the pumps will not be shipped this week.\n"
        "Keep this between us until the audit is over.\n\nJonas Petersen",
        in_reply_to=(real.identity, spoofed.identity, details.identity), identity=identity(story.LOOKALIKE_DOMAIN, rng), origin=_LOOKALIKE_HOST,
        results=("pass", "pass", "pass"), label="lure_pressed",
    )  # fmt: skip
    second = Mail(
        sent=story.SECOND_LURE, zone=story.GERMANY, to=(MARINA.address,), sender=_IMPOSTOR, subject=f"Invoice {story.SECOND_INVOICE}",
        text=f"Dear Marina,\n\nattached our invoice {story.SECOND_INVOICE} for the spare parts, EUR 96,200.00. Please pay to the new account as last time.\n\n"
        "Kind regards,\nJonas Petersen",
        identity=identity(story.LOOKALIKE_DOMAIN, rng), origin=_LOOKALIKE_HOST, results=("pass", "pass", "pass"), label="lure_second",
        attachments=(
            Attachment(
                name=f"Invoice_{story.SECOND_INVOICE}.csv", media_type="text/csv",
                data=b"Position;Text;EUR\n1;Spare parts BP-400;71.900,00\n2;Seals;24.300,00\n"
                + f";IBAN {story.MULE_ACCOUNT.iban};96.200,00\n".encode(),
            ),
        ),
    )  # fmt: skip
    return [credential, real, spoofed, details, pressed, second]


def clerk_answers(mails: list[Mail], rng: random.Random) -> list[Mail]:
    """Return the clerk's two answers, the first to the look-alike address: how the offenders stayed in the thread."""
    by_label = {mail.label: mail for mail in mails}
    details = by_label["lure_details"]
    return [
        Mail(
            sent=details.sent + timedelta(minutes=95), zone=story.BRAZIL, sender=MARINA, to=(_IMPOSTOR.address,), subject=details.subject,
            text="Dear Jonas,\n\nnoted, I will change the account for this invoice. The payment needs a second signature, please allow some days.\n\nMarina",
            identity=identity(story.VICTIM_DOMAIN, rng), in_reply_to=(*details.in_reply_to, details.identity), label="clerk_answer",
        ),
        Mail(
            sent=story.FIRST_PAYMENT + timedelta(minutes=12), zone=story.BRAZIL, sender=MARINA, to=(_IMPOSTOR.address,), subject=details.subject,
            text="Dear Jonas,\n\npaid today, slip follows.\n\nMarina", identity=identity(story.VICTIM_DOMAIN, rng),
            in_reply_to=(*details.in_reply_to, details.identity), label="clerk_answer",
        ),
    ]  # fmt: skip
