"""Legitimate mail as it looks today, written for these tests: newsletters, receipts, notices, lists, small firms, colleagues.

Real senders' names and domains stand where the rules know them (a notice of a bank must not be taken for a lure about
that bank); the texts are our own and the people are not. Each message has the headers its way of delivery leaves:
Received lines, Authentication-Results of the receiver, signatures, list headers.
"""

from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr

READER = "ana.lima@hotmail.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One message. `links` are (text, target) anchors; `way` is how it came: see `_WAYS`. `text` alone makes a plain mail."""

    name: str
    address: str
    subject: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    way: str = "service"
    service: str = "sendgrid.net"
    reply_to: str = ""
    list_id: str = ""
    extra: str = ""
    to: str = READER
    html: bool = True
    images: int = 2
    attachments: tuple[str, ...] = ()
    dmarc: str = "pass"


def build(spec: Spec, number: int) -> bytes:
    """Return the message as bytes, as it lies in the reader's mailbox."""
    domain = spec.address.rpartition("@")[2]
    day = f"{6 + number % 3 * 7:02}"  # Tuesdays of May 2025
    received, results, path = _way(spec, domain, day, number)
    header = [
        *received,
        results,
        f"Return-Path: <{path}>",
        *([] if spec.way == "internal" else [f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=s1; h=from:to:subject:date; bh=x; b=y"]),
        f"From: {formataddr((spec.name, spec.address), 'utf-8') if spec.name else spec.address}",
        f"To: {spec.to}",
        f"Subject: {Header(spec.subject, 'utf-8').encode() if not spec.subject.isascii() else spec.subject}",
        f"Date: Tue, {day} May 2025 09:{number % 60:02}:10 +0000",
        f"Message-ID: <{number:05}.1746@{_message_host(spec, domain)}>",
        *([f"Reply-To: {spec.reply_to}"] if spec.reply_to else []),
        *([f"List-Id: {spec.list_id}"] if spec.list_id else []),
        *([f"List-Unsubscribe: <https://{domain}/unsubscribe/{number}>"] if spec.way == "service" else []),
        *([spec.extra] if spec.extra else []),
        "MIME-Version: 1.0",
    ]
    return ("\r\n".join(header) + "\r\n" + _body(spec)).encode("utf-8")


def _message_host(spec: Spec, domain: str) -> str:
    return {"service": f"geopod-{spec.service}", "office": "AM0PR08MB3345.eurprd08.prod.outlook.com", "gmail": "mail.gmail.com"}.get(
        spec.way, domain
    )


def _way(spec: Spec, domain: str, day: str, number: int) -> tuple[list[str], str, str]:
    at = f"Tue, {day} May 2025 09:{number % 60:02}:2{number % 10} +0000"
    inner = (
        f"Received: from DB7EUR01FT012.eop-EUR01.prod.protection.outlook.com (2a01:111:f400:7e1a::204) by DB7PR05CA0012.outlook.office365.com"
        f" (2603:10a6:10:36::25) with Microsoft SMTP Server (version=TLS1_3) id 15.20.8699.30; {at}"
    )
    edge = "DB7EUR01FT012.mail.protection.outlook.com (10.152.4.11) with Microsoft SMTP Server (version=TLS1_3) id 15.20.8699.30"
    if spec.way == "service":
        path, host = f"bounces+{number}@em{number}.{domain}", f"o{number}.outbound-mail.{spec.service}"
        results = f"spf=pass (sender IP is 149.72.10.{number + 1}) smtp.mailfrom=em{number}.{domain}; dkim=pass (signature was verified) header.d={domain};dmarc={spec.dmarc} action=none header.from={domain};compauth=pass reason=100"
        hops = [inner, f"Received: from {host} (149.72.10.{number + 1}) by {edge}; {at}"]
    elif spec.way == "shared":  # a service that signs for itself only, for a firm without a policy
        path, host = f"bounce-{number}@{spec.service}", f"mta{number}.{spec.service}"
        results = f"spf=pass (sender IP is 185.12.80.{number + 1}) smtp.mailfrom={spec.service}; dkim=pass (signature was verified) header.d={spec.service};dmarc=none action=none header.from={domain};compauth=pass reason=130"
        hops = [inner, f"Received: from {host} (185.12.80.{number + 1}) by {edge}; {at}"]
    elif spec.way == "own":  # a firm's own server, no signature, SPF only
        path, host = spec.address, f"mail.{domain}"
        results = f"spf=pass (sender IP is 91.198.22.{number + 1}) smtp.mailfrom={domain}; dkim=none (message not signed) header.d=none;dmarc=bestguesspass action=none header.from={domain};compauth=pass reason=109"
        hops = [
            inner,
            f"Received: from {host} (91.198.22.{number + 1}) by {edge}; {at}",
            f"Received: from [192.168.1.20] (unknown [192.168.1.20]) by {host} (Postfix) with ESMTPSA id 4Z{number}; {at}",
        ]
    elif spec.way == "bare":  # a small firm at a host that publishes nothing at all
        path, host = spec.address, f"server{number}.hosting-example.net"
        results = f"spf=none (sender IP is 91.198.33.{number + 1}) smtp.mailfrom={domain}; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from={domain};compauth=pass reason=702"
        hops = [
            inner,
            f"Received: from {host} (91.198.33.{number + 1}) by {edge}; {at}",
            f"Received: from localhost by {host} (Postfix) id 3F{number}; {at}",
        ]
    elif spec.way == "list":  # a list that changes the message: the author's signature no longer holds
        host = f"lists.{spec.list_id.strip('<>').partition('.')[2]}"
        path = f"{spec.list_id.strip('<>').partition('.')[0]}-bounces@{host}"
        results = f"spf=pass (sender IP is 140.211.166.{number + 1}) smtp.mailfrom={host}; dkim=fail (body hash did not verify) header.d={domain};dmarc=fail action=none header.from={domain};compauth=pass reason=116"
        hops = [
            inner,
            f"Received: from {host} (140.211.166.{number + 1}) by {edge}; {at}",
            f"Received: from mail.{domain} (mail.{domain} [198.145.29.9]) by {host} (Postfix) with ESMTPS id 7A{number}; {at}",
        ]
    elif spec.way == "internal":
        path = spec.address
        results = (
            f"spf=none smtp.mailfrom={domain}; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from={domain};"
        )
        hops = [
            f"Received: from AM0PR08MB3345.eurprd08.prod.outlook.com (2603:10a6:208:5c::12) by AM0PR08MB3345.eurprd08.prod.outlook.com with HTTPS; {at}"
        ]
    else:  # office, gmail: a person at a large mail service
        gmail = spec.way == "gmail"
        path, host = spec.address, "mail-wr1-f46.google.com" if gmail else "EUR05-DB8-obe.outbound.protection.outlook.com"
        address = f"209.85.221.{number + 1}" if gmail else f"40.107.20.{number + 1}"
        results = f"spf=pass (sender IP is {address}) smtp.mailfrom={domain}; dkim=pass (signature was verified) header.d={domain};dmarc={spec.dmarc} action=none header.from={domain};compauth=pass reason=100"
        hops = [inner, f"Received: from {host} ({address}) by {edge}; {at}"]
    return hops, f"Authentication-Results: {results}", path


def _body(spec: Spec) -> str:
    if not spec.html:
        plain = spec.text + "".join(f"\n{text} {target}" for text, target in spec.links)
        main = f'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{plain}\r\n'
    else:
        paragraphs = "".join(f"<p>{part}</p>" for part in spec.text.split("\n"))
        anchors = "".join(f'<p><a href="{target}">{text}</a></p>' for text, target in spec.links)
        domain = spec.address.rpartition("@")[2]
        images = "".join(f'<img src="https://images.{domain}/i{n}.png" width="600" alt="">' for n in range(spec.images))
        page = f"<html><body>{images}{paragraphs}{anchors}</body></html>"
        main = (
            'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n'
            f'--alt\r\nContent-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{spec.text}\r\n'
            f'--alt\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{page}\r\n--alt--\r\n'
        )
    if not spec.attachments:
        return main
    parts = "".join(
        f'--mix\r\nContent-Type: application/octet-stream; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n"
        for name in spec.attachments
    )
    return f'Content-Type: multipart/mixed; boundary="mix"\r\n\r\n--mix\r\n{main}{parts}--mix--\r\n'


SPECS = (
    Spec(
        name="Zalando", address="newsletter@news.zalando.de", service="emarsys.net",
        subject="Bis zu 50 % Rabatt: Nur noch heute 🔥",
        text="Letzte Chance! Nur noch heute sparst du bis zu 50 % auf ausgewählte Sneaker.\nDein Gutschein wartet: 10 € ab 60 € Bestellwert mit dem Code MAI10.\n"
        "Jetzt sichern und gratis Versand genießen.\nDu erhältst diese E-Mail, weil du unseren Newsletter abonniert hast. Abmelden",
        links=(("Jetzt shoppen", "https://link.news.zalando.de/u/nrd.php?p=abc"), ("Gutschein einlösen", "https://link.news.zalando.de/u/nrd.php?p=abd"), ("Abmelden", "https://link.news.zalando.de/u/un.php?p=abe")),
    ),
    Spec(
        name="PayPal", address="service@paypal.com", way="service", service="paypal.com",
        subject="Receipt for your payment to Blue Lamp Books",
        text="Hello Ana Lima,\nYou sent a payment of 24.90 EUR to Blue Lamp Books.\nTransaction ID: 8HX22319KL778\nIt may take a few moments for this transaction to appear in your account.\n"
        "If you did not authorize this, report suspicious activity in the Resolution Centre.",
        links=(("View transaction", "https://www.paypal.com/activity/payment/8HX22319KL778"), ("Resolution Centre", "https://www.paypal.com/disputes/"), ("Help", "https://www.paypal.com/help")),
    ),
    Spec(
        name="Google", address="no-reply@accounts.google.com", way="gmail", subject="Security alert",
        text="A new sign-in on Windows\nana.lima@hotmail.com\nWe noticed a new sign-in to your Google Account on a Windows device. If this was you, you don't need to do anything."
        " If not, we'll help you secure your account.\nYou can also see security activity at https://myaccount.google.com/notifications",
        links=(("Check activity", "https://accounts.google.com/AccountChooser?Email=ana.lima@hotmail.com&continue=https://myaccount.google.com/alert/nt/1"),),
    ),
    Spec(
        name="Microsoft account team", address="account-security-noreply@accountprotection.microsoft.com", way="office", subject="Microsoft account unusual sign-in activity",
        text="Microsoft account\nUnusual sign-in activity\nWe detected something unusual about a recent sign-in to the Microsoft account an**@hotmail.com.\nCountry/region: Portugal\nIP address: 203.0.113.7\n"
        "Please go to your recent activity page to let us know whether or not this was you.",
        links=(("Review recent activity", "https://account.live.com/activity"), ("click here", "https://account.live.com/notifications/edit")),
    ),
    Spec(
        name="GitHub", address="notifications@github.com", service="github.com", subject="[river/ferry] Fix crash when the harbour list is empty (PR #412)",
        text="@mkowalski approved this pull request.\n\nLooks good to me, thanks for the quick fix!\n\n--\nReply to this email directly, view it on GitHub, or unsubscribe.\nYou are receiving this because you were mentioned.",
        links=(("view it on GitHub", "https://github.com/river/ferry/pull/412#pullrequestreview-1"), ("unsubscribe", "https://github.com/notifications/unsubscribe-auth/AAB")),
        reply_to="river/ferry <reply+AABXX@reply.github.com>", list_id="<ferry.river.github.com>", images=1,
    ),
    Spec(
        name="GitHub", address="noreply@github.com", service="github.com", subject="[GitHub] Please verify your device", html=False,
        text="Hey analima!\n\nA sign in attempt requires further verification because we did not recognize your device. To complete the sign in, enter the verification code on the unrecognized device.\n\n"
        "Device: Firefox on Linux\nVerification code: 203998\n\nIf you did not attempt to sign in to your account, your password may be compromised. Visit https://github.com/settings/security to create a new password.",
    ),
    Spec(
        name="DHL Paket", address="noreply@dhl.de", service="dhl.de", subject="Ihr DHL Paket kommt heute",
        text="Guten Tag Ana Lima,\nIhr Paket von Buchhandlung Morgen wird heute zugestellt.\nSendungsnummer: 00340434161094021501\nVoraussichtliche Zustellung: 12:00 - 15:00 Uhr\nSie sind nicht zu Hause? Wählen Sie einen Ablageort.",
        links=(("Sendung verfolgen", "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode=00340434161094021501"), ("Ablageort wählen", "https://www.dhl.de/ablageort")),
    ),
    Spec(
        name="Correios", address="naoresponda@correios.com.br", service="correios.com.br", subject="Seu objeto saiu para entrega",
        text="Olá, Ana!\nSua encomenda NM123456785BR saiu para entrega ao destinatário.\nAcompanhe o seu objeto no site ou no aplicativo dos Correios. Não enviamos links para pagamento.",
        links=(("Rastrear objeto", "https://rastreamento.correios.com.br/app/index.php"),),
    ),
    Spec(
        name="Amazon.com.br", address="envio-confirmacao@amazon.com.br", service="amazonses.com", subject="Seu pedido da Amazon.com.br foi enviado (#701-9911223-1122334)",
        text="Olá Ana,\nSua encomenda foi enviada! Chegará na quinta-feira.\nDetalhes do pedido: 1 x Caderno pautado\nTotal: R$ 39,90\nVisite Seus pedidos para rastrear a encomenda.",
        links=(("Rastrear pacote", "https://www.amazon.com.br/progress-tracker/package?orderId=701-9911223-1122334"), ("Seus pedidos", "https://www.amazon.com.br/gp/css/order-history")),
    ),
    Spec(
        name="Nubank", address="todomundo@nubank.com.br", subject="A fatura do seu cartão fechou", service="nubank.com.br",
        text="Olá, Ana!\nA fatura de maio fechou no valor de R$ 1.204,33, com vencimento em 12/05.\nVocê pode pagar pelo app. Evite juros pagando até a data de vencimento.",
        links=(("Ver fatura", "https://nubank.com.br/app/bill"),), attachments=("fatura-maio.pdf",),
    ),
    Spec(
        name="Itaú", address="comunicacao@itau.com.br", service="itau.com.br", subject="Itaú informa: seus pontos estão prestes a expirar",
        text="Ana, seus pontos expiram em 31/05.\nVocê tem 4.210 pontos acumulados no programa. Acesse o aplicativo Itaú e resgate seus pontos em passagens ou produtos.\nNunca pedimos senha ou token por e-mail.",
        links=(("Abrir o app", "https://www.itau.com.br/pontos"), ("Não quero receber", "https://www.itau.com.br/descadastro")),
    ),
    Spec(
        name="BBVA", address="notificaciones@bbva.es", service="bbva.es", subject="Aviso de cargo en tu cuenta",
        text="Hola Ana,\nTe informamos de un cargo de 45,10 EUR en tu cuenta terminada en 2210.\nSi no reconoces esta operación, entra en la app de BBVA o llámanos.",
        links=(("Ir a la app", "https://www.bbva.es/app"),),
    ),
    Spec(
        name="Sparkasse Musterstadt", address="service@sparkasse-musterstadt.de", way="own", subject="Neue Dokumente im elektronischen Postfach",
        text="Sehr geehrte Frau Lima,\nin Ihrem elektronischen Postfach liegen neue Dokumente. Bitte melden Sie sich wie gewohnt im Online-Banking an.\nAus Sicherheitsgründen enthält diese E-Mail keinen Link zur Anmeldung.\nMit freundlichen Grüßen\nIhre Sparkasse",
    ),
    Spec(
        name="Netflix", address="info@account.netflix.com", service="amazonses.com", subject="Your payment was declined",
        text="Hi Ana,\nWe're having trouble with your current billing information. We'll try again, but in the meantime you may want to update your payment details.\nNeed help? Visit the Help Centre.",
        links=(("Update account now", "https://www.netflix.com/YourAccountPayment?lnktrk=EMP"), ("Help Centre", "https://help.netflix.com/help")),
    ),
    Spec(
        name="Spotify", address="no-reply@spotify.com", service="sparkpostmail.com", subject="Reset your password",
        text="Hello!\nNo need to worry, you can reset your Spotify password by clicking the link below. If you didn't request a password reset, feel free to delete this email.",
        links=(("Reset password", "https://wl.spotify.com/ls/click?upn=u001.abc"), ("contact us", "https://wl.spotify.com/ls/click?upn=u001.abd")),
    ),
    Spec(
        name="LinkedIn", address="messages-noreply@linkedin.com", service="linkedin.com", subject="Marta Nowak sent you a message",
        text="Marta Nowak\nHi Ana, congratulations on the new role! Would you be free for a short call next week?\nView message",
        links=(("View message", "https://www.linkedin.com/comm/messaging/thread/2-abc"), ("Unsubscribe", "https://www.linkedin.com/comm/psettings/email-unsubscribe")),
    ),
    Spec(
        name="Booking.com", address="customer.service@booking.com", service="booking.com", subject="Your booking is confirmed at Hotel Zum Anker",
        text="Thanks, Ana! Your booking in Bremen is confirmed.\nConfirmation: 3391.882.120\nCheck-in Friday 16 May from 15:00\nFree cancellation until 13 May. Manage your booking to change dates.",
        links=(("Manage your booking", "https://secure.booking.com/myreservations.en-gb.html?aid=1"), ("Help Centre", "https://secure.booking.com/help.html")),
    ),
    Spec(
        name="Decathlon", address="newsletter@contact.decathlon.fr", service="selligent.com", subject="Félicitations Ana, vos points fidélité vous attendent",
        text="Félicitations ! Vous avez cumulé 300 points : votre bon d'achat de 6 € est disponible dans votre espace client.\nProfitez-en avant le 30 juin, en magasin ou en ligne.\nVous recevez cet e-mail car vous êtes membre Decathlon. Se désabonner",
        links=(("J'en profite", "https://t.contact.decathlon.fr/lnk/AVI/abc"), ("Se désabonner", "https://t.contact.decathlon.fr/lnk/AVI/abd")),
    ),
    Spec(
        name="Lidl", address="newsletter@lidl.nl", service="mailchimpapp.net", subject="Win een barbecue ter waarde van €250 ☀️",
        text="Maak kans op een barbecue! Doe mee met onze zomeractie en win een van de 20 barbecues.\nDaarnaast deze week: aardbeien met 30% korting.\nUitschrijven",
        links=(("Doe mee", "https://lidl.us5.list-manage.com/track/click?u=1&id=2"), ("Uitschrijven", "https://lidl.us5.list-manage.com/unsubscribe?u=1")),
    ),
    Spec(
        name="Coinbase", address="no-reply@mail.coinbase.com", service="coinbase.com", subject="Your monthly statement is ready",
        text="Your May statement is ready.\nSign in to Coinbase to view your crypto account statement. We will never ask for your recovery phrase or password.",
        links=(("View statement", "https://www.coinbase.com/reports"), ("Security tips", "https://help.coinbase.com/security")),
    ),
    Spec(
        name="Ledger", address="newsletter@hello.ledger.com", service="klaviyomail.com", subject="New: clear signing for your hardware wallet",
        text="Meet clear signing. Update Ledger Live to see exactly what you approve on your hardware wallet.\nNever share your recovery phrase with anyone.",
        links=(("Read the article", "https://trk.hello.ledger.com/ls/click?upn=1"), ("Unsubscribe", "https://trk.hello.ledger.com/ls/click?upn=2")),
    ),
    Spec(
        name="The Morning Ferry", address="morningferry@substack.com", service="substack.com", subject="Why ports went quiet in April",
        text="Good morning. Container traffic fell again in April, and the reasons are not the ones in the headlines.\nToday: three charts, one interview, and a correction.\n"
        "Our friends at Harbour Coffee give readers 20% off this week.\nIf you liked this, share it.",
        links=(("Read online", "https://open.substack.com/pub/morningferry/p/quiet?r=1"), ("The port authority's figures", "https://www.portofrotterdam.com/en/statistics"), ("A chart at the statistics office", "https://ec.europa.eu/eurostat/databrowser"), ("Harbour Coffee", "https://bit.ly/3XhXx01"), ("Unsubscribe", "https://morningferry.substack.com/action/disable_email")),
        list_id="<morningferry.substack.com>",
    ),
    Spec(
        name="Anna from Plantario", address="hello@plantario.shop", service="klaviyomail.com", subject="Last chance: 20% off all ferns ends tonight 🌿",
        text="Hi Ana, our spring sale ends tonight! Save 20% on all ferns, no code needed.\nLimited time offer while stocks last. Free shipping over 50 EUR.\nNo longer want to receive these emails? Unsubscribe.",
        links=(("Shop the sale", "https://trk.klclick.com/ls/click?upn=1"), ("Unsubscribe", "https://manage.kmail-lists.com/subscriptions/unsubscribe?a=1"), ("Instagram", "https://www.instagram.com/plantario")),
    ),
    Spec(
        name="Oficina do Zé", address="contato@oficinadoze.com.br", way="shared", service="locaweb.com.br", subject="Promoção de maio: troca de óleo com desconto",
        text="Olá! Em maio a troca de óleo sai com 15% de desconto. Agende pelo WhatsApp ou responda este e-mail.\nSe não deseja mais receber nossos e-mails, cancele a inscrição aqui.",
        links=(("Agendar", "https://wa.me/5511999990000"), ("Nosso site", "https://www.oficinadoze.com.br/promo"), ("cancele a inscrição aqui", "https://emailmarketing.locaweb.com.br/unsub/1")),
    ),
    Spec(
        name="Karin Hofer", address="karin@tischlerei-hofer.at", way="bare", subject="Rechnung 2025-118", html=False,
        text="Sehr geehrte Frau Lima,\n\nanbei die Rechnung für den Schreibtisch. Bitte überweisen Sie den Betrag innerhalb von 14 Tagen auf unser Konto bei der Raiffeisenbank.\n\nMit freundlichen Grüßen\nKarin Hofer\nTischlerei Hofer, www.tischlerei-hofer.at",
        attachments=("Rechnung-2025-118.pdf",),
    ),
    Spec(
        name="Studio Bianchi", address="info@studiobianchi.it", way="own", subject="Fattura n. 44 e documenti condivisi",
        text="Buongiorno,\nin allegato la fattura n. 44. I file del progetto sono troppo grandi per la posta: li trova nella cartella condivisa.\nCordiali saluti\nLuca Bianchi",
        links=(("Cartella del progetto", "https://drive.google.com/drive/folders/1abc"), ("www.studiobianchi.it", "https://www.studiobianchi.it/")), attachments=("fattura-44.pdf",),
    ),
    Spec(
        name="Marta Nowak", address="marta.nowak84@gmail.com", way="gmail", subject="Photos from Sunday", images=0,
        text="Hi Ana!\nHere are the photos from Sunday, the link works for everyone: https://photos.app.goo.gl/abcdef\nLet me know if you are free on Friday, I have a surprise for you :)\nMarta",
        links=(("https://photos.app.goo.gl/abcdef", "https://photos.app.goo.gl/abcdef"),),
    ),
    Spec(
        name="João Pereira", address="joao.pereira@hotmail.com", way="office", subject="Re: Confirmação da reunião de condomínio", html=False,
        text="Bom dia Ana,\n\nConfirmado para quinta às 19h no salão. Por favor entre em contato com o síndico se precisar do documento.\n\nAbraço\nJoão\n\nEm 5 de maio, Ana Lima escreveu:\n> Podemos confirmar a reunião?",
        extra="In-Reply-To: <older.1@hotmail.com>\r\nReferences: <older.1@hotmail.com>",
    ),
    Spec(
        name="Petra Vogel", address="petra.vogel@stadtwerke-musterstadt.de", way="internal", subject="Bitte bis Freitag: Umfrage zur Kantine", to="ana.lima@stadtwerke-musterstadt.de",
        text="Liebe Kolleginnen und Kollegen,\nbitte nehmt bis Freitag an unserer Umfrage zur Kantine teil. Es dauert zwei Minuten, und unter allen Teilnahmen verlosen wir drei Essensgutscheine.\nViele Grüße\nPetra",
        links=(("Zur Umfrage", "https://forms.office.com/e/Abc123"),), images=0,
    ),
    Spec(
        name="IT Service Desk", address="servicedesk@stadtwerke-musterstadt.de", way="internal", subject="Your password will expire in 10 days", to="ana.lima@stadtwerke-musterstadt.de",
        text="Dear colleague,\nyour Windows password will expire in 10 days. Press Ctrl+Alt+Del and choose Change password. The service desk never asks for your password.\nQuestions: extension 4400 or the intranet.",
        links=(("Intranet: passwords", "https://intranet.stadtwerke-musterstadt.de/it/passwords"),), images=0,
    ),
    Spec(
        name="Robert Elm", address="relm@kernel-people.org", way="list", subject="[dev] Re: patch for the clock driver", html=False, list_id="<dev.lists-example.org>",
        text="On Monday Ana wrote:\n> please review the patch\n\nLooks fine to me, but please update the account of the race in the commit message.\nhttps://git.example.org/clock/commit/?id=1234\n_______________________________________________\ndev mailing list",
    ),
    Spec(
        name="Sofia via Parents", address="parents@groups-example.org", way="service", service="groups.io", subject="[parents] Lost jacket", html=False, reply_to="sofia.k@yahoo.com", list_id="<parents.groups-example.org>",
        text="Hello all,\nour son lost a blue jacket at the playground yesterday. If you find it please contact me.\nThank you, Sofia",
    ),
    Spec(
        name="Dr. Weber Praxis", address="praxis@dr-weber-zahnarzt.de", way="shared", service="newsletter2go.com", subject="Terminerinnerung: Dienstag 10:30 Uhr",
        text="Guten Tag Frau Lima,\nwir erinnern an Ihren Termin am Dienstag um 10:30 Uhr. Bitte bestätigen Sie Ihren Termin oder sagen Sie rechtzeitig ab.",
        links=(("Termin bestätigen", "https://www.doctolib.de/appointments/abc"), ("Absagen", "https://www.doctolib.de/appointments/abc/cancel")),
    ),
    Spec(
        name="DocuSign EU System", address="dse_eu@docusign.net", service="docusign.net", subject="Complete with DocuSign: Lease agreement Lindenstr. 4",
        text="Vogt Immobilien sent you a document to review and sign.\nREVIEW DOCUMENT\nAna Lima, please sign the lease agreement by Friday.\nDo not share this email: it contains a secure link to DocuSign.",
        links=(("REVIEW DOCUMENT", "https://eu.docusign.net/Signing/EmailStart.aspx?a=1"), ("About DocuSign", "https://www.docusign.com/features")), reply_to="vogt@vogt-immobilien.de",
    ),
    Spec(
        name="Ben Adler (Google Docs)", address="comments-noreply@docs.google.com", way="gmail", subject="Budget 2025 - can you check row 14?",
        text="Ben Adler mentioned you in a comment in Budget 2025\n@ana.lima@hotmail.com can you check row 14 before the board meeting?",
        links=(("Open", "https://docs.google.com/spreadsheets/d/1abc/edit?disco=AAAA"),), reply_to="Ben Adler <ben.adler@adler-consulting.eu>",
    ),
    Spec(
        name="Calendar: Ben Adler", address="ben.adler@adler-consulting.eu", way="gmail", subject="Invitation: Budget review @ Thu 15 May 2025 10:00 (CEST)",
        text="Budget review\nThursday 15 May 10:00 - 11:00\nJoin with Google Meet: https://meet.google.com/abc-defg-hij\nReply for ana.lima@hotmail.com: Yes - No - Maybe",
        links=(("Join", "https://meet.google.com/abc-defg-hij"), ("Yes", "https://calendar.google.com/calendar/event?action=RESPOND&eid=1"), ("Forwarding this invitation", "https://support.google.com/calendar/answer/37135")), attachments=("invite.ics",),
    ),
    Spec(
        name="Finanzamt Elster", address="portal@elster.de", way="own", subject="Neue Nachricht in Ihrem ELSTER-Postfach", html=False,
        text="Guten Tag,\nin Ihrem Postfach liegt ein neuer Bescheid zum Abruf bereit. Melden Sie sich dazu bei Mein ELSTER an. Diese E-Mail wurde automatisch erzeugt.",
    ),
    Spec(
        name="Impots.gouv", address="ne-pas-repondre@dgfip.finances.gouv.fr", way="own", subject="Votre déclaration de revenus est enregistrée",
        text="Madame,\nVotre déclaration de revenus en ligne a bien été enregistrée le 6 mai. L'avis sera disponible fin juillet dans votre espace particulier sur impots.gouv.fr.\nNe répondez pas à ce message.",
        links=(("impots.gouv.fr", "https://www.impots.gouv.fr/"),),
    ),
    Spec(
        name="Red Cross", address="news@redcross-example.org", service="salesforce.com", subject="Your donation at work in three countries",
        text="Dear Ana,\nyour donation helped 4,000 families after the floods. Read how volunteers and a widow named Amina rebuilt a school.\nPlease consider a monthly donation.",
        links=(("Read the story", "https://click.mail.redcross-example.org/?qs=1"), ("Donate", "https://click.mail.redcross-example.org/?qs=2"), ("Unsubscribe", "https://click.mail.redcross-example.org/?qs=3")),
    ),
    Spec(
        name="Crédit Coopératif", address="info@credit-cooperatif.coop", way="service", service="sarbacane.com", subject="Nouveau : vos relevés en ligne",
        text="Bonjour,\nVos relevés sont désormais disponibles dans votre espace client. Nous ne vous demanderons jamais vos codes par e-mail.",
        links=(("Mon espace client", "https://www.credit-cooperatif.coop/espace"), ("Se désinscrire", "https://sc.credit-cooperatif.coop/u/1")),
    ),
    Spec(
        name="Ferienhaus Müller", address="ferienhaus-mueller@web.de", way="office", subject="Buchungsbestätigung und neue Bankverbindung seit Januar", html=False,
        text="Liebe Frau Lima,\n\nhiermit bestätige ich Ihre Buchung vom 1. bis 8. August. Bitte beachten Sie: seit Januar haben wir eine neue Bankverbindung, die auch auf unserer Website steht. Rufen Sie gern an, wenn Sie Fragen haben.\n\nHerzliche Grüße\nErika Müller",
        attachments=("Buchung.pdf",),
    ),
    Spec(
        name="Kundenservice EnBW", address="kundenservice@enbw.com", way="service", service="inxmail.com", subject="Ihr Abschlag ändert sich",
        text="Guten Tag Frau Lima,\nab Juni ändert sich Ihr monatlicher Abschlag auf 68 €. Die Berechnung finden Sie im Kundenportal. Bitte prüfen Sie auch Ihre Zahlungsdaten.",
        links=(("Zum Kundenportal", "https://mailing.enbw.com/go/1"), ("Impressum", "https://mailing.enbw.com/go/2")),
    ),
    Spec(
        name="Slack", address="feedback@slack.com", service="amazonses.com", subject="Confirm your email address on Slack",
        text="Confirm your email address\nYour confirmation code is below: enter it in your open browser window and we'll help you get signed in.\nSXD-99A\nIf you didn't request this email, there's nothing to worry about.",
        links=(("Visit the Help Centre", "https://slack.com/help"), ("Our blog", "https://slack.com/blog")),
    ),
    Spec(
        name="Steam Support", address="noreply@steampowered.com", service="steampowered.com", subject="Your Steam account: Access from new computer",
        text="Dear analima,\nHere is the Steam Guard code you need to log in to your account: 9X4KQ\nIf you are not attempting to log in then please change your Steam password.",
        links=(("Steam Support", "https://help.steampowered.com/"),),
    ),
    Spec(
        name="Jornal do Bairro", address="redacao@jornaldobairro.com.br", way="shared", service="rdstation.com.br", subject="Edição de maio: multas, enchentes e a festa junina",
        text="Leia na edição de maio: prefeitura muda regras de multas de trânsito; obras contra enchentes; programação da festa junina; cassino clandestino é fechado pela polícia.",
        links=(("Leia a edição", "https://www.jornaldobairro.com.br/maio"), ("Anuncie", "https://www.jornaldobairro.com.br/anuncie"), ("Descadastrar", "https://click.rdstation.com.br/unsub/1")),
    ),
    Spec(
        name="Vinted", address="no-reply@vinted.fr", service="vinted.fr", subject="Ton colis est en route",
        text="Bonne nouvelle ! Ton colis a été remis à Mondial Relay. Suivre le colis: n° 55512233. Tu as 2 jours après réception pour valider la commande.",
        links=(("Suivre mon colis", "https://www.vinted.fr/inbox/1"), ("Mondial Relay", "https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition=55512233")),
    ),
    Spec(
        name="Universidade Aberta", address="secretaria@uab.pt", way="office", subject="Atualização do regulamento e prazo de matrícula", html=False,
        text="Caros estudantes,\n\nO prazo de matrícula termina a 30 de maio. Confirme seus dados no portal académico e consulte o novo regulamento em anexo.\n\nSecretaria",
        links=(("Portal:", "https://portal.uab.pt/"),), attachments=("regulamento.pdf", "calendario.xlsx"),
    ),
    Spec(
        name="Logs", address="root@web1.ferry-example.net", way="bare", subject="Cron <root@web1> /usr/local/bin/backup", html=False, to="admin@ferry-example.net",
        text="backup started\n212 files changed\nbackup finished in 12 s",
    ),
    Spec(
        name="Noreply Scanner", address="scanner@stadtwerke-musterstadt.de", way="internal", subject="Scan from MFP-3-OG", to="ana.lima@stadtwerke-musterstadt.de", html=False,
        text="Device: MFP-3-OG\nPages: 3\nPlease do not reply.", attachments=("SCN_20250512_0911.pdf",),
    ),
    Spec(
        name="Eventbrite", address="noreply@order.eventbrite.com", service="eventbrite.com", subject="Your tickets for Night of the Museums",
        text="You've got tickets!\nNight of the Museums, Saturday 17 May, 18:00\nOrder total: free. Questions about this event? Contact the organizer.",
        links=(("Go to my tickets", "https://www.eventbrite.com/mytickets/1"), ("Add to Google", "https://www.eventbrite.com/calendar?to=google"), ("Contact the organizer", "https://www.eventbrite.com/contact")), attachments=("tickets.pdf",),
        reply_to="museum-night@kulturhaus-example.de",
    ),
)  # fmt: skip


def messages() -> tuple[bytes, ...]:
    """Return every message, in a fixed order."""
    return tuple(build(spec, number) for number, spec in enumerate(SPECS))
