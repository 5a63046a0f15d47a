"""Ordinary mail: colleagues, the pump supplier, the cable supplier, customers, newsletters, notices."""

# ruff: noqa: E501 - texts, log lines and tables of facts are kept whole

import random
from datetime import datetime, timedelta

import story
from story import HELENA, JONAS, LUCIA, MARINA, RENATO, STAFF, TIAGO, Person

from mail import Attachment, Mail, identity

_SUPPLIER = {"zone": story.GERMANY, "origin": (f"mail.{story.SUPPLIER_DOMAIN}", story.SUPPLIER_MAIL)}
_PASSED = ("pass", "pass", "pass")
_INTERNAL = (
    (
        "Reunião de segunda",
        "Bom dia,\n\na reunião de segunda fica para as {hour}h, na sala do cais. Levo os números do dique {number}.\n\nAbraço,\n{name}",
    ),
    (
        "Notas de entrega",
        "Oi Marina,\n\nas notas de entrega {number} a {next} estão no armário da expedição. Faltam duas assinaturas.\n\n{name}",
    ),
    ("Férias", "Marina,\n\nposso tirar a semana do dia {hour}? O Tiago cobre o almoxarifado.\n\nObrigada,\n{name}"),
    ("Orçamento pintura casco {number}", "Segue o que conversamos: três demãos, sem contar o andaime. Fecho em {number} horas.\n\n{name}"),
    ("Almoço de sexta", "Quem vem na sexta? Reservo mesa para {hour}.\n\n{name}"),
    ("Relógio de ponto", "O relógio de ponto do portão 2 atrasou {hour} minutos de novo. Já avisei a manutenção.\n\n{name}"),
    ("Conta de luz", "A conta de luz veio {number} reais mais alta. Pode conferir com o contrato?\n\n{name}"),
    ("Senha da impressora", "A impressora do segundo andar pede código de novo. É o de sempre, o ramal da recepção.\n\n{name}"),
)
_TECHNICAL = (
    ("Angebot Ballastpumpe BP-{number}", "Dear Marina,\n\nplease find our quotation for the ballast pump BP-{number} below. Delivery is {hour} weeks after order, FCA Hamburg.\n\nKind regards,\nJonas Petersen\nHansa Pumpen GmbH"),
    ("Spare seals for BP-{number}", "Dear Marina,\n\nthe mechanical seals for BP-{number} are in stock again. Shall I reserve {hour} sets for you?\n\nBest regards,\nJonas"),
    ("Delivery note {number}", "Dear Marina,\n\nyour order {number} left our works this morning with Elbe Spedition. The freight papers travel with it.\n\nKind regards,\nJonas Petersen"),
    ("Data sheet impeller", "Hello Marina,\n\nas asked by Mr Prado: the impeller is bronze, {number} mm, good for 1450 rpm.\n\nKind regards,\nJonas"),
)  # fmt: skip


def _days(first: datetime, last: datetime) -> list[datetime]:
    span = (last - first).days
    return [first + timedelta(days=day) for day in range(span) if (first + timedelta(days=day)).weekday() < 5]


def _clock(day: datetime, rng: random.Random, *, opening: int, closing: int) -> datetime:
    return day + timedelta(hours=rng.randrange(opening, closing), minutes=rng.randrange(60), seconds=rng.randrange(60))


def internal(rng: random.Random) -> list[Mail]:
    """Return mail between colleagues: a message on most working days, some answered."""
    mails = []
    for day in _days(story.FIRST_DAY, story.LAST_DAY):
        if rng.random() < 0.2:
            continue
        sender = rng.choice([person for person in STAFF if person is not MARINA])
        subject, text = rng.choice(_INTERNAL)
        values = {"hour": rng.randrange(8, 18), "number": rng.randrange(100, 900), "name": sender.name.split()[0]}
        values["next"] = values["number"] + rng.randrange(2, 9)
        first = Mail(
            sent=_clock(day, rng, opening=11, closing=20), zone=story.BRAZIL, sender=sender, to=(MARINA.address,),
            subject=subject.format(**values), text=text.format(**values), identity=identity(story.VICTIM_DOMAIN, rng),
        )  # fmt: skip
        mails.append(first)
        if rng.random() < 0.4:
            mails.append(_answer(first, MARINA, "Combinado, obrigada.\n\nMarina", rng))
    return mails


def _answer(mail: Mail, sender: Person, text: str, rng: random.Random) -> Mail:
    subject = mail.subject if mail.subject.startswith("Re: ") else f"Re: {mail.subject}"
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    return Mail(
        sent=mail.sent + timedelta(minutes=rng.randrange(4, 190)), zone=story.BRAZIL, sender=sender, to=(mail.sender.address,), subject=subject,
        text=f"{text}\n\n{mail.sender.name} wrote:\n{quoted}", identity=identity(story.VICTIM_DOMAIN, rng),
        in_reply_to=(*mail.in_reply_to, mail.identity),
    )  # fmt: skip


def supplier(rng: random.Random) -> list[Mail]:
    """Return the correspondence with Hansa Pumpen, and its real invoices, the first five naming its German account."""
    mails = []
    for day in _days(story.FIRST_DAY, story.LAST_DAY)[::4]:
        subject, text = rng.choice(_TECHNICAL)
        values = {"number": rng.randrange(110, 690), "hour": rng.randrange(2, 9)}
        first = Mail(
            sent=_clock(day, rng, opening=7, closing=15), sender=JONAS, to=(MARINA.address,), subject=subject.format(**values),
            text=text.format(**values), identity=identity(story.SUPPLIER_DOMAIN, rng), results=_PASSED, **_SUPPLIER,
        )  # fmt: skip
        mails.append(first)
        if rng.random() < 0.5:
            mails.append(_answer(first, MARINA, "Dear Jonas,\n\nthank you, noted.\n\nMarina", rng))
    for month, number, amount in ((6, "HP-2026-0611", "41,280.00"), (7, "HP-2026-0714", "38,900.00"), (8, "HP-2026-0812", "52,640.00")):
        sent = datetime(2026, month, 12, 8, 11, 40, tzinfo=story.UTC)
        mails.append(real_invoice(number, amount, sent, rng))
    return mails


def real_invoice(number: str, amount: str, sent: datetime, rng: random.Random) -> Mail:
    """Return a real invoice of Hansa Pumpen, with the invoice as a text file."""
    lines = f"Invoice {number}\nHansa Pumpen GmbH, Hamburg\nTo: Estaleiro Aurora Ltda\nAmount: EUR {amount}\nIBAN: {story.SUPPLIER_ACCOUNT.iban}\n"
    return Mail(
        sent=sent, sender=JONAS, to=(MARINA.address,), subject=f"Invoice {number}", results=_PASSED, identity=identity(story.SUPPLIER_DOMAIN, rng),
        text=f"Dear Marina,\n\nplease find attached our invoice {number} over EUR {amount}, payable within 30 days to the usual account.\n\n"
        "Kind regards,\nJonas Petersen",
        attachments=(Attachment(name=f"Invoice_{number}.txt", media_type="text/plain", data=lines.encode()),), **_SUPPLIER,
    )  # fmt: skip


def harmless(rng: random.Random) -> list[Mail]:
    """Return mail that looks like a lure and is none: a newsletter, a confirmed change of account, a private address."""
    cables = {"zone": story.BRAZIL, "origin": (f"smtp.{story.CABLES_DOMAIN}", "203.0.113.91"), "results": _PASSED}
    announced = Mail(
        sent=story.at("2026-06-15T13:05:11"), sender=HELENA, to=(MARINA.address,), subject="Mudança de conta bancária a partir de 1 de agosto",
        text="Prezada Marina,\n\na partir de 1 de agosto de 2026 recebemos pagamentos em nova conta:\n\n"
        f"IBAN {story.CABLES_NEW_ACCOUNT.iban}\n\nA conta antiga fica aberta até dezembro. Por favor, confirme por telefone pelo número que já tem\n"
        "do contrato; não use nenhum número deste e-mail.\n\nHelena Brito\nCabos do Sul Ltda",
        identity=identity(story.CABLES_DOMAIN, rng), label="announced_change", **cables,
    )  # fmt: skip
    confirmed = _answer(
        announced,
        MARINA,
        "Helena,\n\nconfirmado hoje por telefone com o Sr. Brito, pelo número do contrato. Mudo a partir de agosto.\n\nMarina",
        rng,
    )
    newsletters = [
        Mail(
            sent=story.at(f"2026-{month:02d}-03T09:00:0{month - 5}"), zone=story.BRAZIL, to=(MARINA.address,),
            sender=Person(name="Portos Hoje", address=f"news@mail.{story.NEWSLETTER_DOMAIN}"), subject=f"Portos Hoje, edição {month + 108}",
            text=f"Leia a edição {month + 108}: https://click.mail.{story.NEWSLETTER_DOMAIN}/r/{month}88120\n",
            html=f'<p>Edição {month + 108}</p><p><a href="https://click.mail.{story.NEWSLETTER_DOMAIN}/r/{month}88120">Leia agora</a></p>'
            f'<p><a href="https://click.mail.{story.NEWSLETTER_DOMAIN}/u/{month}88120">Cancelar assinatura</a></p>',
            reply_to="redacao@portos-hoje-editora.example", return_path=f"bounce-{month}88120@mail.{story.NEWSLETTER_DOMAIN}",
            identity=identity(f"mail.{story.NEWSLETTER_DOMAIN}", rng), origin=(f"out4.mail.{story.NEWSLETTER_DOMAIN}", "203.0.113.201"),
            results=_PASSED, label="newsletter",
            extra=(
                ("List-Id", f"<portos-hoje.{story.NEWSLETTER_DOMAIN}>"),
                ("List-Unsubscribe", f"<https://click.mail.{story.NEWSLETTER_DOMAIN}/u/{month}88120>"),
            ),
        )
        for month in range(6, 11)
    ]  # fmt: skip
    private = Mail(
        sent=story.at("2026-07-20T18:40:02"), zone=story.BRAZIL, to=(MARINA.address, LUCIA.address), subject="Fotos do lançamento",
        sender=Person(name="Renato Prado", address="renato.prado.fotos@correio-livre.example", machine="203.0.113.150"),
        text="Pessoal,\n\nestou sem o computador do estaleiro. As fotos do lançamento saíram boas, levo impressas na segunda.\n\nRenato",
        identity=identity("correio-livre.example", rng), origin=("out.correio-livre.example", "203.0.113.210"), results=_PASSED,
        label="private_address",
    )  # fmt: skip
    reset = Mail(
        sent=story.at("2026-08-04T12:31:09"), zone=story.BRAZIL, to=(MARINA.address,), subject="Redefinição de senha solicitada",
        sender=Person(name="Sistema ERP", address=f"nao-responda@{story.VICTIM_DOMAIN}", machine="203.0.113.20"),
        text=f"Você pediu uma nova senha do ERP.\n\nhttps://erp.{story.VICTIM_DOMAIN}/senha?pedido=7d1f20\n\nSe não foi você, ignore esta mensagem.",
        identity=identity(story.VICTIM_DOMAIN, rng), label="password_reset",
    )  # fmt: skip
    quarrel = _quarrel(rng)
    return [announced, confirmed, *newsletters, private, reset, *quarrel]


def _quarrel(rng: random.Random) -> list[Mail]:
    """Return the days of the discovery: the real supplier asks for its money, the firm understands."""
    asked = Mail(
        sent=story.DISCOVERY, sender=JONAS, to=(MARINA.address,), subject=f"Payment reminder {story.FIRST_INVOICE}", results=_PASSED,
        text=f"Dear Marina,\n\nour accounts show invoice {story.FIRST_INVOICE} over EUR 184,350.00 as open since 9 September. We have not changed our bank\n"
        "account, and we did not write to you on 10 September. Could you call me on the number in the contract?\n\nKind regards,\nJonas Petersen",
        identity=identity(story.SUPPLIER_DOMAIN, rng), label="discovery", **_SUPPLIER,
    )  # fmt: skip
    alarm = Mail(
        sent=story.DISCOVERY + timedelta(minutes=50), zone=story.BRAZIL, sender=RENATO, to=(MARINA.address, TIAGO.address),
        subject="Pagamentos Hansa: não apaguem nada",
        text="Marina, Tiago,\n\nos dois pagamentos de setembro e outubro não chegaram à Hansa. Não apaguem mensagens nem registros do servidor.\n"
        "O banco já foi avisado e vamos hoje à polícia.\n\nRenato",
        identity=identity(story.VICTIM_DOMAIN, rng),
    )  # fmt: skip
    return [asked, alarm]
