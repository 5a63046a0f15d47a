"""States and territories by their two-letter codes.

Source: ISO 3166-1 (officially assigned alpha-2 codes and English short names).
"""

from collections.abc import Mapping
from types import MappingProxyType

from comity.terms.errors import SettingsError

_TABLE = """\
AD Andorra|AE United Arab Emirates|AF Afghanistan|AG Antigua and Barbuda|AI Anguilla|AL Albania|AM Armenia|AO Angola|AQ Antarctica
AR Argentina|AS American Samoa|AT Austria|AU Australia|AW Aruba|AX Åland Islands|AZ Azerbaijan|BA Bosnia and Herzegovina|BB Barbados
BD Bangladesh|BE Belgium|BF Burkina Faso|BG Bulgaria|BH Bahrain|BI Burundi|BJ Benin|BL Saint Barthélemy|BM Bermuda
BN Brunei Darussalam|BO Bolivia (Plurinational State of)|BQ Bonaire, Sint Eustatius and Saba|BR Brazil|BS Bahamas (The)|BT Bhutan
BV Bouvet Island|BW Botswana|BY Belarus|BZ Belize|CA Canada|CC Cocos (Keeling) Islands (the)|CD Congo (the Democratic Republic of the)
CF Central African Republic (the)|CG Congo (the)|CH Switzerland|CI Côte d'Ivoire|CK Cook Islands (the)|CL Chile|CM Cameroon|CN China
CO Colombia|CR Costa Rica|CU Cuba|CV Cabo Verde|CW Curaçao|CX Christmas Island|CY Cyprus|CZ Czechia|DE Germany|DJ Djibouti|DK Denmark
DM Dominica|DO Dominican Republic (the)|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|EH Western Sahara|ER Eritrea|ES Spain|ET Ethiopia
FI Finland|FJ Fiji|FK Falkland Islands (the) [Malvinas]|FM Micronesia (Federated States of)|FO Faroe Islands (the)|FR France|GA Gabon
GB United Kingdom of Great Britain and Northern Ireland (the)|GD Grenada|GE Georgia|GF French Guiana|GG Guernsey|GH Ghana|GI Gibraltar
GL Greenland|GM Gambia (the)|GN Guinea|GP Guadeloupe|GQ Equatorial Guinea|GR Greece|GS South Georgia and the South Sandwich Islands
GT Guatemala|GU Guam|GW Guinea-Bissau|GY Guyana|HK Hong Kong|HM Heard Island and McDonald Islands|HN Honduras|HR Croatia|HT Haiti
HU Hungary|ID Indonesia|IE Ireland|IL Israel|IM Isle of Man|IN India|IO British Indian Ocean Territory (the)|IQ Iraq
IR Iran (Islamic Republic of)|IS Iceland|IT Italy|JE Jersey|JM Jamaica|JO Jordan|JP Japan|KE Kenya|KG Kyrgyzstan|KH Cambodia
KI Kiribati|KM Comoros (the)|KN Saint Kitts and Nevis|KP Korea (the Democratic People's Republic of)|KR Korea (the Republic of)
KW Kuwait|KY Cayman Islands (the)|KZ Kazakhstan|LA Lao People's Democratic Republic (the)|LB Lebanon|LC Saint Lucia|LI Liechtenstein
LK Sri Lanka|LR Liberia|LS Lesotho|LT Lithuania|LU Luxembourg|LV Latvia|LY Libya|MA Morocco|MC Monaco|MD Moldova (the Republic of)
ME Montenegro|MF Saint Martin (French part)|MG Madagascar|MH Marshall Islands (the)|MK North Macedonia|ML Mali|MM Myanmar|MN Mongolia
MO Macao|MP Northern Mariana Islands (the)|MQ Martinique|MR Mauritania|MS Montserrat|MT Malta|MU Mauritius|MV Maldives|MW Malawi
MX Mexico|MY Malaysia|MZ Mozambique|NA Namibia|NC New Caledonia|NE Niger (the)|NF Norfolk Island|NG Nigeria|NI Nicaragua
NL Netherlands (Kingdom of the)|NO Norway|NP Nepal|NR Nauru|NU Niue|NZ New Zealand|OM Oman|PA Panama|PE Peru|PF French Polynesia
PG Papua New Guinea|PH Philippines (the)|PK Pakistan|PL Poland|PM Saint Pierre and Miquelon|PN Pitcairn|PR Puerto Rico
PS Palestine, State of|PT Portugal|PW Palau|PY Paraguay|QA Qatar|RE Réunion|RO Romania|RS Serbia|RU Russian Federation (the)|RW Rwanda
SA Saudi Arabia|SB Solomon Islands|SC Seychelles|SD Sudan (the)|SE Sweden|SG Singapore|SH Saint Helena, Ascension and Tristan da Cunha
SI Slovenia|SJ Svalbard and Jan Mayen|SK Slovakia|SL Sierra Leone|SM San Marino|SN Senegal|SO Somalia|SR Suriname|SS South Sudan
ST Sao Tome and Principe|SV El Salvador|SX Sint Maarten (Dutch part)|SY Syrian Arab Republic (the)|SZ Eswatini
TC Turks and Caicos Islands (the)|TD Chad|TF French Southern Territories (the)|TG Togo|TH Thailand|TJ Tajikistan|TK Tokelau
TL Timor-Leste|TM Turkmenistan|TN Tunisia|TO Tonga|TR Türkiye|TT Trinidad and Tobago|TV Tuvalu|TW Taiwan (Province of China)
TZ Tanzania, the United Republic of|UA Ukraine|UG Uganda|UM United States Minor Outlying Islands (the)
US United States of America (the)|UY Uruguay|UZ Uzbekistan|VA Holy See (the)|VC Saint Vincent and the Grenadines
VE Venezuela (Bolivarian Republic of)|VG Virgin Islands (British)|VI Virgin Islands (U.S.)|VN Viet Nam|VU Vanuatu|WF Wallis and Futuna
WS Samoa|YE Yemen|YT Mayotte|ZA South Africa|ZM Zambia|ZW Zimbabwe
"""

NAMES: Mapping[str, str] = MappingProxyType({entry[:2]: entry[3:] for line in _TABLE.splitlines() for entry in line.split("|")})
"""The English short name of every officially assigned code, articles in brackets as the standard writes them."""

_TERRITORIES = (
    " AI AQ AS AW AX BL BM BQ BV CC CK CW CX FK FO GF GG GI GL GP GS GU HK HM IM IO JE KY MF MO MP MQ MS NC NF NU PF PM PN PR RE SH SJ "
    "SX TC TF TK UM VG VI WF YT "
)


def is_code(text: str) -> bool:
    """Return whether `text` is an officially assigned code, in capitals."""
    return text in NAMES


def name_of(code: str) -> str:
    """Return the name for running text ("the United States of America", "the Republic of Korea"), or the code if not assigned."""
    written = NAMES.get(code, code)
    name, _, rest = written.removesuffix(")").partition(" (")
    if rest.lower() == "the":
        return f"the {name}"
    return f"the {rest.removeprefix('the ')} {name}" if rest.endswith((" of", " of the")) else written


def is_territory(code: str) -> bool:
    """Return whether `code` stands for a place for which another state may answer, so that treaties need not extend to it.

    Cautious on purpose: it decides only whether a person is asked, never which state is responsible.
    """
    return f" {code} " in _TERRITORIES


def parse_state(text: str) -> str:
    """Return the code written in `text`, in capitals; SettingsError when it is not an officially assigned one."""
    code = text.strip().upper()
    if code not in NAMES:
        msg = f"not a state's two-letter code: {text[:40]!r}"
        raise SettingsError(msg, remedy="Use the ISO 3166-1 code, such as BR for Brazil or DE for Germany.")
    return code
