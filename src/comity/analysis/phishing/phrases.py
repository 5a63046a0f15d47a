"""The phrases of lures, by what they ask for or promise: data, one block of a theme per language.

A phrase is words in lower case without accents; `*` at its end lets the last word go on, `!` before it makes it count
twice; phrases are parted by "/". Written by hand from the lures of the tuning part and from the warnings that banks,
posts and police publish; each says little alone. Languages: English, Portuguese, Spanish, German, French, Italian, Dutch.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One thing lures ask for or promise: `name`, how it reads in a sentence, how many phrases it takes, the phrases."""

    name: str
    reads: str
    needed: int
    phrases: tuple[str, ...]
    strong: frozenset[str]


def theme(name: str, reads: str, needed: int, *blocks: str) -> Theme:
    """Return a theme from its blocks of phrases."""
    written = tuple(phrase.strip() for block in blocks for phrase in block.split("/") if phrase.strip())
    strong = frozenset(phrase[1:] for phrase in written if phrase.startswith("!"))
    return Theme(name=name, reads=reads, needed=needed, phrases=tuple(dict.fromkeys(p.removeprefix("!") for p in written)), strong=strong)


THEMES = (
    theme(
        "credentials",
        "asks the reader to confirm an account or sign in",
        1,
        "verify your account/confirm your account/verify your identity/confirm your identity/verify your info*/"
        "confirm your info*/update your account/update your payment/update your billing/validate your/verify your wallet/"
        "verify your email/verify your mailbox/re validate/reactivate your/unusual sign in/unusual signin/unusual activity/"
        "suspicious sign in/suspicious activity/someone tried to log in/unauthorized access/account has been limited/"
        "account has been suspended/account has been locked/account is now locked/account will be suspended/account suspen*/"
        "account will be closed/account will be deactivated/account has been restricted/has been temporarily/account on hold/"
        "password expires/password will expire/password has expired/password expir*/keep my password/keep same password/"
        "keep current password/mailbox is full/mailbox is almost full/mailbox storage/storage is full/storage limit/"
        "pending messages/undelivered messages/incoming messages/new services agreement/complete your verification/"
        "action required/unlock your account/restore your account/report the user/new voice message/document has been shared/"
        "secure document/review document/view shared/verification required",
        "confirme seus dados/confirmar seus dados/atualize seus dados/atualize seu cadastro/atualizacao cadastral/"
        "atualizar cadastro/sua conta foi/conta bloqueada/acesso suspeito/bloqueamos um acesso/novo acesso/desbloque*/"
        "dispositivo nao reconhecido/novo dispositivo/conta possui pendencia/efetuar a validacao/valide seu/validar seu/"
        "validar sua/conta sera bloqueada/conta sera suspensa/conta foi temporariamente/bloqueio de conta/transacao suspeita/"
        "cartao bloqueado/documento seguro",
        "verifique su cuenta/verifica tu cuenta/confirme su identidad/confirma tus datos/confirme sus datos/"
        "actualice sus datos/actualizar sus datos/su cuenta ha sido/tu cuenta ha sido/cuenta bloqueada/cuenta suspendida/"
        "acceso no autorizado/actividad inusual/actividad sospechosa/buzon esta lleno",
        "bestatigen sie ihre daten/bestatigen sie ihr konto/bestatigen sie ihre identitat/konto bestatigen/konto verifizieren/"
        "daten bestatigen/daten aktualisieren/verifizieren sie ihr konto/verifizieren sie ihre/konto wurde gesperrt/"
        "konto gesperrt/konto eingeschrankt/konto wird gesperrt/ihr konto wurde/legitimieren sie/sicherheitsuberprufung/"
        "ungewohnliche anmeldung/ungewohnliche aktivitat/passwort lauft ab/speicher belegt/speicherplatz*/adresse bestatigen/"
        "zahlungsdaten",
        "verifiez votre compte/confirmez votre compte/confirmer votre identite/confirmez vos informations/"
        "mettre a jour vos informations/mettez a jour vos*/votre compte a ete/compte suspendu/compte bloque/activite suspecte/"
        "activite inhabituelle/connexion inhabituelle/votre espace client/carte vitale/boite de reception est pleine",
        "verifica il tuo account/conferma i tuoi dati/conferma la tua identita/aggiorna i tuoi dati/aggiornare i dati/"
        "il suo conto/conto e stato/account e stato sospeso/accesso non autorizzato/attivita sospetta/attivita insolita/"
        "casella di posta",
        "bevestig uw/bevestig je/controleer uw gegevens/uw account is/je account is/account geblokkeerd/rekening geblokkeerd/"
        "verdachte activiteit/ongebruikelijke/gegevens bijwerken/verifieer uw/verifieer je/wachtwoord verloopt/"
        "bevestiging nodig",
        "login to review/log in to review/log in and connect/accept terms/update the new terms",
    ),
    theme(
        "prize",
        "promises a prize, a gift or money for a click",
        1,
        "you have won/you ve won/youve won/you are a winner/you are the lucky/you re the lucky/lucky winner/"
        "lucky online winner/you have been selected/you ve been selected/you ve been chosen/you have been chosen/"
        "claim your prize/claim your reward/claim your gift/claim your package/claim your/claim now/claim here/your reward/"
        "get your reward/exclusive reward/survey reward/free gift/gift card giveaway/giveaway/sweepstakes/mystery box/"
        "prize waiting/take survey/take the survey/answer a few quick questions/answer a short survey/chance to win/"
        "chance to receive/could win/loyalty reward/rewards program/free iphone/cash prize/lottery/congratulations you/"
        "your name came up/surprise for/promo reward/reward panel/final notice for/score released/enter now to win/"
        "your cashback/promo code/money transfer to your/credited to your account/payout confirm*/your payout/withdraw your",
        "voce ganhou/voce foi selecionado/voce foi contemplado/foi contemplado/resgate seu/resgate seus/resgate agora/"
        "resgatar pontos/resgatar seus/resgatar agora/pontos acumulados/pontos livelo/seus pontos/pontos estao/pontos prestes/"
        "saldo disponivel/beneficio*/valores disponiveis/valores a receber/sorteio/parabens voce/bonus de/pontos disponiveis",
        "has ganado/ha ganado/usted ha sido seleccionado/has sido seleccionado/reclama tu/reclamar su premio/tarjeta regalo/"
        "tenemos una sorpresa/premio*/sorteo/responda a esta/encuesta/felicidades/enhorabuena has",
        "sie haben gewonnen/gewinnen sie/gewinne ein*/jetzt gewinnen/gewinnspiel/gewinner der woche/gluckwunsch/"
        "herzlichen gluckwunsch/sie wurden ausgewahlt/du wurdest ausgewahlt/ausgewahlt wurden/verlosung/verlosen/"
        "gutschein im wert/gutschein/gutschein von/auf sie wartet/probierpaket/produkttest*/produkte testen/testen sie/"
        "belohnung*/geschenkkarte*/teilnahme/nehmen sie an unserer umfrage/umfrage/auszahlungs*/ihre chance/deine chance/"
        "moglicher gewinner/kostenlos erhalten/gratis/glucklichen/uberraschung",
        "vous avez gagne/vous avez ete choisi/vous avez ete selectionne/vous etes selectionne/felicitations/bon d achat/gagnez/"
        "reclamez votre/reclamer votre/votre recompense/recompense*/cadeau*/tirage au sort/carte cadeau/"
        "surprise pour les clients/une surprise pour/repondez simplement/sondage/nouveau set",
        "hai vinto/ha vinto/sei stato selezionato/sei stato scelto/richiedi il tuo premio/il tuo premio/buono regalo/"
        "congratulazioni/sondaggio/estrazione",
        "u heeft gewonnen/je hebt gewonnen/u bent geselecteerd/je bent geselecteerd/gefeliciteerd/claim je/claim uw/maak kans/"
        "win een/cadeaubon*/cadeaukaart*/prijs winnen/deelnemen",
    ),
    theme(
        "parcel",
        "says a parcel waits for a confirmation or a fee",
        1,
        "package is waiting/package waiting/package pending/pending package/package delivery/your package could not/"
        "unable to deliver/delivery failed/delivery attempt/failed delivery/package has arrived/your parcel/parcel is/"
        "shipment is pending/customs fee/shipping fee/track your shipment/track your package/return reply/"
        "delivery notification/redelivery/confirm your delivery/waiting for delivery/missed delivery/your package",
        "encomenda*/taxa alfandegaria/taxa de importacao/seu pedido foi bloqueado/objeto esta retido/retido/liberar seu pedido/"
        "importacao do seu pedido/rastrear",
        "su paquete/tu paquete/entregar su paquete/entrega en curso/confirma tus datos de entrega/recepcion/gastos de envio/"
        "aduana*/envio pendiente/paquete pendiente",
        "ihr paket/dein paket/sendung*/zustellung*/zollgebuhr*/versandkosten/nicht zugestellt/paket wartet/lieferung bestatigen",
        "votre colis/suivre votre colis/colis vous attend/colis en attente/frais de douane/frais de livraison/avis de passage/"
        "expedition/livraison en attente",
        "il tuo pacco/suo pacco/pacco e/spedizione*/consegna del/spese di spedizione/dogana*",
        "uw pakket/je pakket/pakket wacht/bezorging*/verzendkosten/douane*/bestelling te verzenden/pakketje",
    ),
    theme(
        "coins",
        "is about coins or a wallet that must be connected, claimed or saved",
        1,
        "airdrop/seed phrase/recovery phrase/secret phrase/connect wallet/connect your wallet/wallet suspen*/your wallet/"
        "crypto wallet/web3 wallet/wallet will be/metamask/trust wallet/trustwallet/ledger live/hardware wallet/"
        "claim your tokens/claim tokens/token claim/free tokens/usdt/erc20/ethereum merge/staking reward*/staked eth/free nft/"
        "nft collection/withdraw your assets/your crypto/crypto account/assets need to be merged/creditor*/bitcoin details/"
        "bitcoin account/bitcoin wallet/bitcoin millionar/bitcoin profit/blockchain/token allocation/your allocation/"
        "dividends being released/synchronization required/merge your/double your",
        "carteira digital/sua carteira de cripto/criptomoeda*/criptomonedas/kryptowahrung*/bitcoins/cryptomonnaie*/"
        "criptovaluta*/portefeuille crypto",
        "btc/current balance/balance is/connect kit/cryptofam/your wallet may/wallet breach/wallet address",
    ),
    theme(
        "advance_fee",
        "offers money, a loan or a legacy to a stranger",
        2,
        "!next of kin/beneficiary/!inheritance/!million dollars/!million usd/!million united states/million euros/"
        "million pounds/000 000 00/000 000/usd/!fund transfer/!transfer of funds/!transfer the fund*/!release of your fund*/"
        "your fund*/!unclaimed/compensation/bank draft/!atm card/visa card/donation/donate/charity/god bless/widow*/"
        "!late husband/deceased/died/!dying/cancer/!barrister/attorney/!diplomat*/!consignment/embassy/united nations/"
        "!foreign partner/!business proposal/!business proposition/!mutual benefit/confidential/!investment proposal/"
        "!investment partner*/!project funding/loan/loans/interest rate/funding/financing/urgent response/urgent reply/"
        "your urgent/reply me/get back to me/kindly reply/kindly contact/contact me/contact him/contact her/!private email/"
        "personal email/my email/my private/full name/telephone number/phone number/your country/occupation/west africa/"
        "nigeria/benin/burkina faso/ghana/ivory coast/syria/soldier/military/us army/general/dear friend/!dear beneficiary/"
        "dear sir/dearest/beloved/my dear/greetings/humanitarian/orphan*/trust fund/my name is/!i am mr*/!i am mrs/!i am barr/"
        "important message/vital information/are you there/still valid/previous email/first message/received my/"
        "!winning payment/payment from/!management offer/proposal/your consent/percent/deposit*/gold/powerball/bank manager/"
        "auditor",
        "minha primeira mensagem/meu nome e/saudacoes/!heranca/!milhoes de dolares/doacao/emprestimo*/"
        "por favor entre em contato/entre em contato/e mail privado/querido/beneficiario/falecido/viuva/confidencial",
        "mi nombre es/!herencia/!millones de dolares/donacion/prestamo*/estimado amigo/querido amigo/beneficiario/fallecido/"
        "confidencial/pongase en contacto/saludos",
        "mein name ist/!erbschaft/millionen/spende*/darlehen/kredit/verstorben*/begunstigt*/vertraulich*/kontaktieren sie mich/"
        "lieber freund",
        "mon nom est/je m appelle/!heritage/millions/!don de/pret/prets/decede*/beneficiaire/confidentiel*/contactez moi/"
        "cher ami/chere/que dieu",
        "il mio nome e/!eredita/milioni/donazione/prestito/deceduto/beneficiario/riservat*/caro amico/contattami",
        "mijn naam is/!erfenis/miljoen/donatie/lening/overleden/begunstigde/vertrouwelijk*/beste vriend",
        "!falecido marido/fundos/transferencia dos fundos/!fundo fosse/novo parceiro/fondos/!difunto esposo/gelder/"
        "!verstorbener mann/fonds/!defunt mari/fondi/!defunto marito",
    ),
    theme(
        "extortion",
        "threatens to publish or says it watches the reader",
        2,
        "!i am a hacker/!i m a hacker/hacked/!gained access to your/full access to your/access to your device*/your device*/"
        "infected with/malware/trojan/!your webcam/web camera/your camera/!turn on the camera/!recorded you/i recorded/"
        "!video of you/adult site*/porn*/!masturbat*/!pleasuring yourself/intimate/your contacts/all your contacts/"
        "!send this video/your reputation/i will delete/i ll delete/!bitcoin address/btc wallet/!my bitcoin/in bitcoin/"
        "bitcoin wallet/48 hours/50 hours/72 hours/do not try to contact/don t try to/spyware/!your data is stolen/leak your/"
        "your secrets/ransom",
        "invadi seu/sua webcam/gravei voce/seus contatos/sites adultos/hackeei",
        "he hackeado/hackeado/tu camara/su camara/tus contactos/sitios para adultos/un video tuyo",
        "gehackt/ihre kamera/deine kamera/pornoseite*/ihre kontakte/video von ihnen/bitcoin adresse",
        "pirate/piratee/votre camera/vos contacts/sites pornographiques/une video de vous",
        "hackerato/tua fotocamera/tua webcam/tuoi contatti/siti per adulti",
        "gehackt/uw camera/je camera/pornosite*/je contacten/uw contacten",
    ),
    theme(
        "romance",
        "offers acquaintance with strangers",
        1,
        "hot women/hot girls/hottest girls/russian ladies/russian women/russian girls/russian singles/ukrainian women/"
        "ukrainian girls/beautiful girls/beautiful russian/slavic women/asian women/meet singles/hot singles/sexy singles/"
        "sexy girls/sexy women/sexy photos/private photos/naked/nude/horny/sex dating/sex partner*/looking for a lover/"
        "looking for love/single women/want to meet me/want to meet you/would like to meet you/wish to see me/meet hot/"
        "meet girls/perfect woman/dating site*/click for date/holiday romance/fuck/i wish to small talk/lonely women/"
        "local women/milf*/one night/hookup*/let s speak/try to capita*/good man",
        "mulheres solteiras/mulheres lindas/encontros/novo dia de romance/garotas",
        "mujeres solteras/chicas calientes/mujeres rusas/citas/conocer chicas/mujeres ucranianas",
        "russische frauen/ukrainische frauen/ukrainische braute/ukrainische schonheiten/private fotos/siehe private/"
        "heisse frauen/frauen kennenlernen/traumliebe/bin ich deine/liebe und mehr/singles treffen/sexpartner/erotik*/erektion/"
        "lust auf sex/frauen in deiner nahe",
        "femmes russes/femmes celibataires/belles femmes/rencontres/femmes chaudes/femmes ukrainiennes/rencontrer des",
        "donne russe/donne single/belle donne/incontri/ragazze",
        "russische vrouwen/russische schoonheden/oekraiense*/oekraien*/mooie vrouwen/slavische vrouwen/hete singles/"
        "sexy profielen/sexy/daten met/geniet van daten/stout*/date vanavond/spannende date/liefdesavontuur/ontmoet*/vrouwen",
        "lonely woman/lonely girl/ordinary woman/unmarried/seeking hot/hot guy/fine guy/waiting for guy/looking for a man/"
        "years old chick/single girl/my photo/male stamina/last up to 2 hours",
    ),
    theme(
        "cure",
        "advertises a cure or medicine",
        1,
        "viagra/cialis/canadian pharmacy/online pharmacy/without a prescription/male enhancement/erectile/penis/keto/"
        "ketoxplode/gummies/weight loss/lose weight/belly fat/burn fat/fat burner/blood sugar/diabetes/tinnitus/nail fungus/"
        "toenail/dark spots/uneven skin/anti aging/wrinkle*/skin tag*/cbd/testosterone/prostate/neuropathy/joint pain/"
        "hair growth/hair loss/dental implants/teeth whitening/teeth straightening/perfect smile/hearing aid*/miracle/"
        "doctors hate/big pharma/this 1 ingredient/one weird/simple trick/supplement*/detox/stroke*/screening",
        "emagrec*/perder peso/adelgaz*/disfuncao eretil/disfuncion erectil/abnehmen/gewichtsverlust/wunschgewicht/verliert*/"
        "kilo/nagelpilz*/gesunde nagel/aphrodisiak*/glied/potenz*/arterien/reinigen sie ihre ohren/perte de poids/maigrir/"
        "perdre du poids/dimagrire/perdere peso/afvallen/gewicht verliezen/schimmelnagel*",
    ),
    theme(
        "gambling",
        "advertises gambling",
        2,
        "casino*/free spins/spins/slots/jackpot/welcome bonus/deposit bonus/betting/poker/freispiele/spielautomat*/"
        "casinospiele/wettbonus/giros gratis/tragamonedas/rodadas gratis/cassino/apostas/tours gratuits/machines a sous/"
        "scommesse/giri gratis/gokkast*/gratis spins/gokken",
    ),
    theme(
        "alarm",
        "reports a virus, a full store or a lapsed protection",
        1,
        "viruses detected/virus detected/viruses on your/infected your computer/antivirus subscription/antivirus expired/"
        "protection has expired/subscription has expired/your subscription has/renew your subscription/renewal of your/"
        "device is infected/icloud storage/cloud storage/storage is almost full/photos will be deleted/files will be deleted/"
        "your computer has/virussen/systeem heeft/viren auf/ihr speicher/gesamter speicher/speicher voll/antivirenschutz/"
        "votre stockage/stockage est plein/virus detectes/almacenamiento lleno/virus detectados/armazenamento cheio/"
        "spazio esaurito/opslag vol",
    ),
    theme(
        "bill",
        "confirms an order or a renewal nobody made and gives a number to call",
        2,
        "order confirmation/invoice id/invoice number/invoice no/bill to/order number/order id/auto renew*/renewal/"
        "has been charged/will be charged/has been debited/will be debited/successfully renewed/your purchase/"
        "thank you for your order/thank you for your purchase/if you did not/did not authorize/did not make/call us/call our/"
        "toll free/customer support/helpline/help desk number/to cancel/cancel the order/cancel this/refund/annual plan/"
        "subscription/one year/nota fiscal/sua compra/compra aprovada/nao reconhece/ligue para/central de atendimento/"
        "su compra/no reconoce/llame al/ihre bestellung/rufen sie/votre commande/appelez/il tuo ordine/chiami/uw bestelling/"
        "bel ons",
    ),
    theme(
        "authority",
        "speaks for a court, the police or a tax office",
        1,
        "tax refund/outstanding tax/court summons/summoned to court/arrest warrant/legal action against/unpaid toll/"
        "toll payment/traffic violation/subpoena/multa pendente/multa*/suspensao de cnh/suspensao da cnh/cnh em andamento/"
        "regularize/intimacao*/processo judicial/divida ativa/receita federal/cpf/leiloada/multa de trafico/"
        "notificacion judicial/citacion judicial/reembolso de impuestos/agencia tributaria/steuerruckerstattung/bussgeld/"
        "vorladung/mahnbescheid/remboursement d impot/amende/convocation/infraction/rimborso fiscale/multa non pagata/"
        "cartella esattoriale/convocazione/belastingteruggave/boete/dagvaarding/cjib",
    ),
    theme(
        "bank_details",
        "gives new bank details or asks for a payment to another account",
        1,
        "new bank details/new bank account/changed our bank/change of bank/changed bank details/bank details have changed/"
        "updated bank details/updated account details/updated banking/new account details/new banking details/our new iban/"
        "new iban/change in our bank/account under audit/account is under audit/do not pay to the old/"
        "disregard the previous account/remit payment to/remit the payment/payment to the new account/update our bank/"
        "dados bancarios atualizados/novos dados bancarios/nova conta bancaria/novo iban/mudamos de banco/mudei de banco/"
        "troquei de banco/minha nova conta/i changed banks/changed my bank/my new bank account/"
        "he cambiado de banco/mi nueva cuenta/bank gewechselt/change de banque/cambiato banca/mudanca de conta/"
        "alteracao de dados bancarios/alteramos nossa conta/alteracao da conta/conta antiga/nova conta para/"
        "novos dados para pagamento/novos dados para/nuevos datos bancarios/nueva cuenta bancaria/nuevo iban/cambio de cuenta/"
        "hemos cambiado de banco/cambio de datos bancarios/neue bankverbindung/neuen bankverbindung/geanderte bankverbindung/"
        "bankverbindung geandert/bankverbindung hat sich/neue iban/neues konto/kontoverbindung/nouveau rib/"
        "nouvelles coordonnees bancaires/changement de rib/nouveau compte bancaire/nouvel iban/changement de banque/"
        "nuove coordinate bancarie/nuovo iban/cambio di iban/nuovo conto/nieuwe bankgegevens/nieuw rekeningnummer/nieuwe iban/"
        "gewijzigd rekeningnummer",
    ),
    theme(
        "errand",
        "asks for a discreet errand, typically gift cards or a transfer",
        2,
        "are you available/are you at your desk/are you in the office/are you free/quick task/quick favor/quick favour/"
        "urgent task/i need you to/need a favor/gift cards/itunes card*/steam card*/google play card*/purchase some/scratch/"
        "wire transfer/process a payment/process a transfer/same day payment/keep this confidential/keep it confidential/"
        "in a meeting/can t talk/cannot talk/do not call/don t call/your cell/whatsapp number/direct deposit/payroll/"
        "esta disponivel/preciso que voce/transferencia urgente/cartao presente/estou em reuniao/esta disponible/"
        "tarjetas regalo/en una reunion/sind sie im buro/dringende uberweisung/geschenkkarten/in einer besprechung/"
        "etes vous disponible/virement urgent/en reunion/cartes cadeaux/sei disponibile/bonifico urgente/in riunione/"
        "ben je beschikbaar/spoedoverschrijving/cadeaukaarten/in een vergadering",
    ),
    theme(
        "offer",
        "advertises what was not asked for, in the words of bulk advertising",
        1,
        "limited time/limited time offer/act fast/don t miss/don t miss out/last chance/final hours/as seen on/save big/"
        "special offer/exclusive offer/100 free/risk free/no obligation/get a quote/free quote/free trial/see if you qualify/"
        "you qualify/credit score*/sell your house/cash offer/timeshare/car insurance/life insurance/warranty/solar panels/"
        "energy bill*/elon musk/shark tank/neurotech/fuel saver/save up to/50 off/70 off/80 off/kit completo/50 de desconto/"
        "desconto/descontos/dinheiro na hora/simulacao/super limitiert*/rabatt/angebot/sonderangebot/jetzt sichern/"
        "jetzt beitreten/energieaanbod/zonnepanelen/korting/aanbieding/bespaar/faites des economies/economies sur/"
        "rachat de credit*/pompe a chaleur/panneaux solaires/mutuelle/ahorra/oferta/descuento/offerta/sconto/risparmi*",
    ),
    theme(
        "disowned",
        "says, as bulk senders do, that another placed or mailed the advertisement",
        1,
        "the advertiser does not manage/this is an advertisement/this message was mailed to/remove yourself from our/"
        "to be removed from/removed from our list/or by writing to/unsubscribe by writing/if the link does not work/"
        "move it to your inbox/move this email to your inbox/this email was sent by a third party/"
        "wenn der link bei ihnen nicht funktioniert/verschieben sie ihn bitte/si le lien ne fonctionne pas/"
        "se o link nao funcionar/als de link niet werkt",
    ),
    theme(
        "salutation",
        "greets nobody by name",
        1,
        "dear customer/dear user/dear client/dear member/dear valued/dear account/dear friend/hello dear/hi dear/dear sir/"
        "dear email user/dear subscriber/dear winner",
        "prezado cliente/caro cliente/prezado usuario/ola cliente/estimado cliente/estimado usuario/querido cliente/"
        "sehr geehrter kunde/guten tag lieber kunde",
        "lieber kunde/cher client/chere cliente/cher utilisateur/gentile cliente/gentile utente/beste klant/geachte klant/"
        "geachte heer/beste gebruiker",
    ),
    theme(
        "deadline",
        "presses with a deadline or a threat of loss",
        1,
        "within 24 hours/within 48 hours/in 24 hours/24 hours/48 hours/expires today/expire on/expires soon/immediately/"
        "as soon as possible/urgent/urgently/final notice/last notice/last warning/final warning/last reminder/last chance/"
        "act now/before it s too late/will be terminated/will be deleted/avoid suspension/asap/2nd attempt/"
        "important message for you/limited number/imediat*/urgente/prazo de/ultimo aviso/expirando/prestes a expirar/"
        "ainda hoje/evite/em 3 dias/pode perder/nao perca/inmediat*/ultima oportunidad/en 24 horas/antes de que/"
        "lo antes posible/caduca*/innerhalb von 24/innerhalb von 48/letzte mahnung/letzte erinnerung/letzte chance/letztes mal/"
        "letzter versuch*/sofort/dringend/umgehend/nur noch heute/lauft ab/verlieren sie keine zeit/nicht verpassen/"
        "verpassen sie/sous 24 heures/sous 48 heures/dernier rappel/dernier avis/derniere chance/immediatement/"
        "des que possible/depechez vous/avant qu il/entro 24 ore/ultimo avviso/immediatamente/il prima possibile/scade/"
        "binnen 24 uur/laatste herinnering/laatste kans/onmiddellijk/zo snel mogelijk/verloopt/haast je/direct",
    ),
)
