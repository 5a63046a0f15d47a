"""Names the rules know: brands that lures borrow, free mail, shorteners, hosting anybody can use in a minute.

Facts written down by hand, as of November 2026, from the operators' own sites and documentation; not copied from a
list. Each is a hint worth points, never a verdict: a name missing here costs a reason, not a crash.
"""

from collections.abc import Mapping

DATED = "2026-11-23"


def word_set(text: str) -> frozenset[str]:
    """Return the words of `text`, which stand between spaces."""
    return frozenset(text.split())


# A brand as written, to the labels (left of the public suffix) its own domains carry. Words that are also ordinary words
# or names stand in COMMON_WORDS and count only when the sender's name says nothing else.
BRANDS: dict[str, tuple[str, ...]] = {
    # accounts and programs
    "microsoft": (
        "microsoft", "microsoftonline", "office", "office365", "outlook", "live", "hotmail", "sharepoint", "sharepointonline", "xbox",
        "skype", "linkedin", "azure",
    ),
    "outlook": ("microsoft", "outlook", "live", "hotmail", "office", "microsoftonline"),
    "office 365": ("microsoft", "office", "office365", "outlook", "microsoftonline"),
    "onedrive": ("microsoft", "live", "onedrive", "outlook", "sharepointonline"),
    "sharepoint": ("microsoft", "sharepoint", "sharepointonline"),
    "windows defender": ("microsoft",),
    "google": ("google", "gmail", "youtube", "googlemail", "withgoogle"),
    "gmail": ("google", "gmail", "googlemail"),
    "apple": ("apple", "icloud", "me"),
    "icloud": ("apple", "icloud"),
    "itunes": ("apple", "itunes"),
    "apple pay": ("apple",),
    "facebook": ("facebook", "facebookmail", "meta", "fb", "metamail"),
    "meta": ("facebook", "facebookmail", "meta", "metamail"),
    "instagram": ("instagram", "facebookmail", "facebook"),
    "whatsapp": ("whatsapp", "facebook"),
    "telegram": ("telegram",),
    "tiktok": ("tiktok", "bytedance"),
    "linkedin": ("linkedin",),
    "twitter": ("twitter", "x"),
    "snapchat": ("snapchat",),
    "yahoo": ("yahoo", "yahooinc", "yahoo-inc", "yahoogroups"),
    "adobe": ("adobe", "adobesign", "echosign"),
    "docusign": ("docusign",),
    "dropbox": ("dropbox", "dropboxmail", "hellosign"),
    "wetransfer": ("wetransfer",),
    "zoom": ("zoom",),
    "norton": ("norton", "nortonlifelock", "gendigital", "avast", "symantec"),
    "mcafee": ("mcafee",),
    "avast": ("avast", "gendigital"),
    "kaspersky": ("kaspersky",),
    "geek squad": ("bestbuy", "geeksquad"),
    "ionos": ("ionos", "1und1", "1and1"),
    "godaddy": ("godaddy", "secureserver"),
    "ovh": ("ovh", "ovhcloud"),
    "cpanel": ("cpanel",),
    "roundcube": ("roundcube",),
    "zimbra": ("zimbra", "synacor"),
    "netflix": ("netflix",),
    "spotify": ("spotify",),
    "disney": ("disney", "disneyplus", "disneyonline"),
    "hbo max": ("hbomax", "max", "hbo"),
    "prime video": ("amazon", "primevideo"),
    "steam": ("steampowered", "steamcommunity", "valvesoftware"),
    "youtube": ("youtube", "google"),
    # payment, coins
    "paypal": ("paypal", "paypalcorp"),
    "stripe": ("stripe",),
    "venmo": ("venmo", "paypal"),
    "cash app": ("cash", "square", "squareup"),
    "zelle": ("zellepay", "earlywarning"),
    "western union": ("westernunion",),
    "moneygram": ("moneygram",),
    "visa": ("visa",),
    "mastercard": ("mastercard",),
    "american express": ("americanexpress", "aexp", "amex"),
    "klarna": ("klarna",),
    "revolut": ("revolut",),
    "wise": ("wise", "transferwise"),
    "n26": ("n26",),
    "mercado pago": ("mercadopago", "mercadolibre", "mercadolivre"),
    "mercado livre": ("mercadolivre", "mercadolibre", "mercadopago"),
    "mercado libre": ("mercadolibre", "mercadolivre", "mercadopago"),
    "pagseguro": ("pagseguro", "pagbank", "uol"),
    "nubank": ("nubank",),
    "coinbase": ("coinbase",),
    "binance": ("binance",),
    "kraken": ("kraken",),
    "kucoin": ("kucoin",),
    "crypto.com": ("crypto",),
    "gemini": ("gemini", "google"),
    "bittrex": ("bittrex",),
    "blockfi": ("blockfi",),
    "celsius network": ("celsius",),
    "celsius": ("celsius",),
    "ftx": ("ftx",),
    "voyager": ("investvoyager",),
    "metamask": ("metamask", "consensys"),
    "trust wallet": ("trustwallet", "binance"),
    "trustwallet": ("trustwallet", "binance"),
    "ledger": ("ledger",),
    "trezor": ("trezor", "satoshilabs"),
    "opensea": ("opensea",),
    "uniswap": ("uniswap",),
    "tether": ("tether",),
    "ripple": ("ripple",),
    "ethereum": ("ethereum",),
    "solana": ("solana",),
    "walletconnect": ("walletconnect", "reown"),
    "coinpayments": ("coinpayments",),
    "blockchain.com": ("blockchain",),
    "exodus wallet": ("exodus",),
    "lido": ("lido",),
    # shops
    "amazon": ("amazon", "amazonses", "primevideo", "amazonaws", "audible", "a2z"),
    "ebay": ("ebay", "ebayinc"),
    "aliexpress": ("aliexpress", "alibaba"),
    "alibaba": ("alibaba", "aliexpress"),
    "temu": ("temu", "temuemail"),
    "shein": ("shein", "sheinemail"),
    "walmart": ("walmart",),
    "costco": ("costco",),
    "target": ("target",),
    "lowes": ("lowes",),
    "lowe's": ("lowes",),
    "home depot": ("homedepot",),
    "best buy": ("bestbuy",),
    "harbor freight": ("harborfreight",),
    "tractor supply": ("tractorsupply",),
    "ace hardware": ("acehardware",),
    "sam's club": ("samsclub",),
    "sams club": ("samsclub",),
    "kohls": ("kohls",),
    "macy's": ("macys",),
    "walgreens": ("walgreens",),
    "cvs": ("cvs",),
    "dewalt": ("dewalt", "stanleyblackanddecker", "sbdinc"),
    "milwaukee": ("milwaukeetool",),
    "makita": ("makita",),
    "yeti": ("yeti",),
    "starbucks": ("starbucks",),
    "coca cola": ("coca-cola", "cocacola", "coke"),
    "coca-cola": ("coca-cola", "cocacola", "coke"),
    "lidl": ("lidl",),
    "aldi": ("aldi", "aldi-sued", "aldi-nord"),
    "rewe": ("rewe", "rewe-group"),
    "edeka": ("edeka",),
    "netto": ("netto-online", "netto"),
    "kaufland": ("kaufland",),
    "obi": ("obi",),
    "ikea": ("ikea", "ingka"),
    "mediamarkt": ("mediamarkt", "mediamarktsaturn"),
    "media markt": ("mediamarkt", "mediamarktsaturn"),
    "saturn": ("saturn", "mediamarktsaturn"),
    "fressnapf": ("fressnapf",),
    "decathlon": ("decathlon",),
    "leroy merlin": ("leroymerlin",),
    "carrefour": ("carrefour",),
    "leclerc": ("leclerc", "e-leclerc"),
    "auchan": ("auchan",),
    "darty": ("darty", "fnacdarty"),
    "fnac": ("fnac", "fnacdarty"),
    "zalando": ("zalando",),
    "otto": ("otto",),
    "persil": ("persil", "henkel"),
    "nespresso": ("nespresso", "nestle"),
    "samsung": ("samsung", "samsungmail"),
    "iphone": ("apple",),
    "airpods": ("apple",),
    "playstation": ("playstation", "sony", "sonyentertainmentnetwork"),
    "kruidvat": ("kruidvat",),
    "albert heijn": ("ah", "albertheijn"),
    "action": ("action",),
    "bol.com": ("bol",),
    "coolblue": ("coolblue",),
    "magazine luiza": ("magazineluiza", "magalu"),
    "magalu": ("magazineluiza", "magalu"),
    "casas bahia": ("casasbahia",),
    "americanas": ("americanas",),
    "123milhas": ("123milhas",),
    "booking.com": ("booking",),
    "airbnb": ("airbnb",),
    "tesla": ("tesla", "teslamotors"),
    "elon musk": ("tesla", "spacex", "x"),
    "shark tank": ("sharktank", "abc"),
    "fox news": ("foxnews", "fox"),
    "adac": ("adac",),
    "verisure": ("verisure",),
    # carriers, posts
    "dhl": ("dhl", "dpdhl", "deutschepost"),
    "fedex": ("fedex",),
    "ups": ("ups",),
    "usps": ("usps",),
    "dpd": ("dpd", "dpdgroup"),
    "gls": ("gls-group", "gls", "gls-pakete"),
    "hermes": ("hermes", "hermesworld", "myhermes", "evri"),
    "evri": ("evri",),
    "royal mail": ("royalmail",),
    "la poste": ("laposte", "laposte-net"),
    "laposte": ("laposte",),
    "chronopost": ("chronopost", "laposte"),
    "colissimo": ("laposte", "colissimo"),
    "mondial relay": ("mondialrelay",),
    "correos": ("correos",),
    "correios": ("correios",),
    "ctt": ("ctt",),
    "postnl": ("postnl",),
    "bpost": ("bpost",),
    "poste italiane": ("poste", "posteitaliane"),
    "posteitaliane": ("poste", "posteitaliane"),
    "swiss post": ("post", "swisspost"),
    "postnord": ("postnord",),
    "inpost": ("inpost",),
    "deutsche post": ("deutschepost", "dhl"),
    # telecommunications
    "t-mobile": ("t-mobile", "telekom", "t-mobile-news"),
    "telekom": ("telekom", "t-online", "t-systems"),
    "vodafone": ("vodafone",),
    "verizon": ("verizon", "verizonwireless"),
    "at&t": ("att", "att-mail"),
    "xfinity": ("xfinity", "comcast"),
    "comcast": ("comcast", "xfinity"),
    "orange": ("orange", "orange-business", "wanadoo"),
    "telstra": ("telstra",),
    "claro": ("claro",),
    "vivo": ("vivo", "telefonica"),
    "movistar": ("movistar", "telefonica"),
    "telefonica": ("telefonica",),
    "kpn": ("kpn",),
    "ziggo": ("ziggo",),
    # banks
    "bank of america": ("bankofamerica", "bofa"),
    "wells fargo": ("wellsfargo",),
    "chase": ("chase", "jpmorgan", "jpmchase"),
    "citibank": ("citi", "citibank"),
    "capital one": ("capitalone",),
    "us bank": ("usbank",),
    "navy federal": ("navyfederal",),
    "royal bank of canada": ("rbc", "royalbank"),
    "scotiabank": ("scotiabank",),
    "td bank": ("td", "tdbank"),
    "hsbc": ("hsbc",),
    "barclays": ("barclays",),
    "lloyds": ("lloydsbank", "lloydsbanking"),
    "natwest": ("natwest",),
    "santander": ("santander", "gruposantander", "bancosantander"),
    "bbva": ("bbva",),
    "caixabank": ("caixabank",),
    "caixa economica": ("caixa",),
    "caixa": ("caixa",),
    "bradesco": ("bradesco",),
    "livelo": ("livelo", "pontoslivelo"),
    "itau": ("itau", "itau-unibanco"),
    "banco do brasil": ("bb", "bancodobrasil"),
    "banco inter": ("bancointer", "inter"),
    "serasa": ("serasa", "serasaexperian"),
    "intesa sanpaolo": ("intesasanpaolo",),
    "unicredit": ("unicredit",),
    "bnp paribas": ("bnpparibas",),
    "credit agricole": ("credit-agricole", "ca"),
    "societe generale": ("socgen", "societegenerale"),
    "la banque postale": ("labanquepostale",),
    "deutsche bank": ("deutsche-bank", "db"),
    "commerzbank": ("commerzbank",),
    "sparkasse": ("sparkasse", "sparkassen", "s-finanzgruppe"),
    "volksbank": ("volksbank", "vr", "fiducia", "atruvia"),
    "postbank": ("postbank",),
    "comdirect": ("comdirect",),
    "ing": ("ing", "ing-diba"),
    "rabobank": ("rabobank",),
    "abn amro": ("abnamro",),
    "credit suisse": ("credit-suisse",),
    "ubs": ("ubs",),
    "standard bank": ("standardbank",),
    "first national bank": ("fnb",),
    "sbi": ("sbi",),
    "hdfc bank": ("hdfcbank",),
    "geico": ("geico",),
    "medicare": ("medicare", "cms"),
    # authorities
    "receita federal": ("receita", "fazenda", "gov"),
    "detran": ("detran", "gov"),
    "gov.br": ("gov",),
    "irs": ("irs",),
    "hmrc": ("hmrc", "gov"),
    "impots.gouv": ("impots", "dgfip", "finances"),
    "ameli": ("ameli", "assurance-maladie"),
    "agencia tributaria": ("agenciatributaria",),
    "digid": ("digid", "logius"),
    "belastingdienst": ("belastingdienst",),
    "agenzia delle entrate": ("agenziaentrate",),
    "inps": ("inps",),
    "mygov": ("my", "gov"),
    "europol": ("europol",),
    "interpol": ("interpol",),
    "united nations": ("un",),
    "imf": ("imf",),
    "world bank": ("worldbank",),
    "fbi": ("fbi", "ic3"),
}  # fmt: skip

# Brands of many independent houses, whose domains join the brand to a place.
FEDERATED = frozenset({"sparkasse", "volksbank"})

COMMON_WORDS = word_set(
    """
    action apple chase claro gemini ing irs kraken ledger lido meta milwaukee obi orange otto outlook ripple saturn sbi steam stripe
    target tether tesla ups visa vivo voyager wise yeti zoom netto norton hermes telegram celsius cvs makita ethereum solana imf ftx
    medicare google caixa samsung persil iphone twitter disney
    """
)

# Words a sender's name may hold beside a brand and still say nothing but the brand.
ROLE_WORDS = word_set(
    """
    account accounts admin alert alerts assistance atendimento aviso bank banking billing bonus card center centre clean cliente
    clientes club confirmation contact customer customers delivery department dept desk digital email equipe express form gift
    gutschein help helpdesk id inc informa info information international kunden kundenservice ltd mail member membership msg news
    newsletter no noreply notice notification notifications notify official online order partner pay payment perks personal prime
    private program promo promotions recompensas refund renewal reply reward rewards s security seguranca service services servicio
    shipping sicherheit suivi support suporte survey system team technical the tracking update updates verification verify wallet
    warning winner your zustellung paket pakete package account-team
    """
)

# Mail boxes anybody opens without proof of who they are. Registrable domains, or labels when the suffix varies.
FREE_MAIL_LABELS = word_set(
    """
    gmail googlemail yahoo ymail rocketmail hotmail outlook live msn aol icloud gmx protonmail proton yandex mailru zohomail tutanota
    tutamail tuta mailfence laposte rediffmail wanadoo libero virgilio seznam
    """
)
FREE_MAIL_DOMAINS = word_set(
    """
    mail.com email.com usa.com web.de freenet.de t-online.de mail.ru inbox.ru list.ru bk.ru rambler.ru ya.ru me.com mac.com pm.me
    aim.com firemail.de firemail.cc mail.ee inbox.lv inbox.lt zoho.com zoho.eu fastmail.com hushmail.com naver.com daum.net
    hanmail.net qq.com 163.com 126.com sina.com foxmail.com bol.com.br uol.com.br terra.com.br ig.com.br globo.com sapo.pt orange.fr
    free.fr sfr.fr alice.it tiscali.it o2.pl wp.pl interia.pl onet.pl centrum.cz abv.bg ukr.net consultant.com post.com lawyer.com
    financier.com accountant.com cheerful.com writeme.com dr.com engineer.com
    """
)

# Suffixes where registries' own promotions and abuse reports (Spamhaus, Interisle, 2022 to 2025) see throw-away domains in numbers.
CHEAP_SUFFIXES = word_set(
    """
    shop xyz click top best cfd sbs icu cyou buzz rest bond fun space website site online live store beauty hair skin makeup quest
    monster cam bid loan men win gdn work party review date stream download racing trade science faith accountant cricket tk ml ga cf
    gq pw lol mom pics autos boats yachts homes motorcycles bar bio tokyo cloud center digital life world today guru support help zip
    mov pro ink link info rocks fit vip
    """
)

SHORTENERS = word_set(
    """
    bit.ly t.co tinyurl.com is.gd v.gd ow.ly goo.gl buff.ly cutt.ly rebrand.ly rb.gy t.ly s.id shorturl.at tiny.cc bl.ink lnkd.in
    zpr.io short.io qrco.de t.me linktr.ee adf.ly shorte.st clck.ru soo.gd tr.ee dub.sh l.ead.me ok.me urlz.fr encurtador.com.br
    did.li n9.cl bitly.com hyperurl.co surl.li u.to kutt.it x.gd goo.su 2u.pw tny.im snip.ly me2.do acortar.link tinyurl.mobi bitly.ws
    """
)

# Hosting, forms and storage that anybody opens in a minute, where the host name says nothing of who speaks.
FREE_HOSTING = word_set(
    """
    web.app firebaseapp.com appspot.com cloudfunctions.net run.app storage.googleapis.com sites.google.com
    script.google.com amazonaws.com cloudfront.net amplifyapp.com windows.net azurewebsites.net azureedge.net azurefd.net
    azurestaticapps.net cloudapp.net cloudapp.azure.com trafficmanager.net r2.dev
    workers.dev pages.dev cloudflare-ipfs.com trycloudflare.com ipfs.io dweb.link fleek.co 4everland.app netlify.app vercel.app
    herokuapp.com glitch.me repl.co replit.app github.io gitlab.io surge.sh render.com onrender.com ngrok.io ngrok.app ngrok-free.app
    weebly.com weeblysite.com wixsite.com wix.com webflow.io godaddysites.com square.site myfreesites.net 000webhostapp.com
    blogspot.com wordpress.com yolasite.com jimdosite.com framer.app framer.website carrd.co notion.site typeform.com jotform.com
    formstack.com translate.goog digitaloceanspaces.com ondigitalocean.app linodeobjects.com backblazeb2.com wasabisys.com
    vultrobjects.com oraclecloud.com bubbleapps.io softr.app gitbook.io canva.site instapaper.com telegra.ph medium.com strikingly.com
    mystrikingly.com zyrosite.com ukit.me duckdns.org chickenkiller.com no-ip.org ddns.net hopto.org zapto.org mooo.com us.to
    strangled.net myftp.org serveftp.com dynv6.net gateway.pinata.cloud contaboserver.net plesk.page beget.tech hostinger.site
    page.link app.link onelink.me smore.com padlet.com
    """
)

# Shared documents and forms: colleagues use them daily, and so do lures.
SHARED_TOOLS = word_set(
    """
    docs.google.com drive.google.com forms.gle sharepoint.com forms.office.com onedrive.live.com 1drv.ms dropbox.com wetransfer.com
    """
)

# Pages of trusted names that send the reader on to any address given in the link.
REDIRECTORS: tuple[tuple[str, str], ...] = (
    ("bing.com", "/ck/"), ("google.com", "/url"), ("google.com", "/amp"), ("googleadservices.com", "/pagead/aclk"),
    ("doubleclick.net", "/"), ("duckduckgo.com", "/l/"),
    ("facebook.com", "/l.php"), ("facebook.com", "/n/"), ("l.facebook.com", "/"), ("youtube.com", "/redirect"), ("linkedin.com", "/slink"),
    ("linkedin.com", "/redir"), ("linkedin.com", "/safety/go"), ("baidu.com", "/link"),
    ("t.umblr.com", "/"), ("slack-redir.net", "/"), ("vk.com", "/away.php"), ("yandex.ru", "/clck"), ("msn.com", "/"),
)  # fmt: skip

# Mail services whose machines carry names under several domains, so that a hop between them is inside one house.
HOUSES: Mapping[str, str] = {
    "office365.com": "outlook.com",
    "microsoft.com": "outlook.com",
    "exchangelabs.com": "outlook.com",
    "hotmail.com": "outlook.com",
    "googlemail.com": "google.com",
    "gmail.com": "google.com",
    "yahoodns.net": "yahoo.com",
    "mac.com": "apple.com",
    "icloud.com": "apple.com",
    "me.com": "apple.com",
    "protonmail.ch": "proton.ch",
}

# Senders that carry other people's newsletters: their names in links, Message-IDs and return paths say nothing either way.
MAILING_SERVICES = word_set(
    """
    sendgrid.net sendgrid.com mailchimp.com mailchimpapp.net mcsv.net mcdlv.net rsgsv.net list-manage.com mandrillapp.com mailgun.org
    mailgun.net mailgun.info mailjet.com mjt.lu sparkpostmail.com amazonses.com awstrack.me hubspotemail.net hubspot.com
    hubspotlinks.com hs-sites.com hubspotlinksfree.com exacttarget.com exct.net salesforce.com sfmc-content.com marketo.com
    mktomail.com mktoweb.com eloqua.com en25.com responsys.net rsys5.com constantcontact.com ccsend.com rs6.net campaignmonitor.com
    createsend.com cmail19.com cmail20.com cmail1.com cmail2.com klaviyo.com klaviyomail.com klclick.com kmail-lists.com brevo.com
    sendinblue.com sendibm1.com sendibt2.com sibforms.com activehosted.com acemlnb.com acemlnc.com emlnk.com convertkit-mail.com
    convertkit-mail2.com ck.page substack.com beehiiv.com intercom-mail.com intercom.io customeriomail.com customer.io iterable.com
    braze.com appboy.com postmarkapp.com pstmrk.it mtasv.net rdstation.com.br rdstation.com emailsp.com mailup.com optimizely.com
    emarsys.net inxmail.com cleverreach.com crsend.com rapidmail.com newsletter2go.com evalanche.com mapp.com agnitas.de acoustic.com
    mkt1234.com pages04.net silverpop.com bluehornet.com cheetahmail.com epsl1.com xpedite.com m3online.com selligent.com slgnt.eu
    actito.com actito.be splio.com sarbacane.com mailinblue.com zendesk.com freshdesk.com freshemail.io atlassian.net
    zohocampaigns.com zcsend.net benchmarkemail.com getresponse.com getresponse-mail.com aweber.com infusionmail.com keap-link001.com
    drip.com dripemail2.com omnisend.com omnisnippet1.com mailerlite.com mlsend.com moosend.com cordial.io bronto.com listrak.com
    dotdigital.com dotmailer.com trackedlink.net icptrack.com e2ma.net vresp.com verticalresponse.com adestra.com msgfocus.com
    groups.io locaweb.com.br
    """
)
