"""Personal data in messages: telephone numbers, addresses, documents. Leans to what is certain.

Sources: libphonenumber's ranges, ISO/IEC 7812-1 (Luhn's check digit), ISO 13616 (IBAN, modulo 97).
"""

import re
from collections.abc import Iterable

import phonenumbers
import re2

from bot.moderation.folding import folded, seen

_NOT_TEXT = re2.compile(r"<[@#:a][^>\s]*>|https?://\S+|www\.\S+|[^\s/@<>()]+\.[a-z]+/\S+")
_MAIL = re.compile(
    r"(?P<name>[\w.+\-]{1,64})@(?P<domain>(?:[a-z0-9\-]+\.)+[a-z]{2,24})\b(?![:/]\w)"
)
_ANGLE = r"\s?[\[({<]\s?%s\s?[\])}>]\s?"
_SAID_MAIL = re2.compile(
    rf"(?P<name>[\w+\-]{{1,40}}(?:(?:\.|\s+dot\s+|{_ANGLE % 'dot'})[\w+\-]{{1,40}}|\s\d{{1,4}})*)"
    rf"(?:{_ANGLE % '(?:at|@)'}|\s+at\s+)"
    rf"(?P<domain>[a-z0-9\-]{{2,40}}(?:(?:\.|\s+dot\s+|{_ANGLE % '(?:dot|[.])'})[a-z0-9\-]{{2,20}})+)\b"
)
_PROVIDERS = ["gmail", "googlemail", "outlook", "hotmail", "live", "msn", "yahoo", "ymail", "icloud", "me", "aol", "proton", "protonmail", "gmx", "web", "posteo", "mailbox", "fastmail", "tutanota", "tuta", "zoho", "mail", "yandex", "inbox", "libero", "virgilio", "orange", "wanadoo", "laposte", "free", "sfr", "seznam", "wp", "onet", "interia", "qq", "163", "naver", "rediffmail", "btinternet", "t-online", "freenet"]  # fmt: skip
_ENDINGS = ["com", "net", "org", "me", "de", "at", "ch", "fr", "it", "es", "eu", "ru", "pl", "cz", "co.uk", "ie", "ca", "com.br", "co.jp", "co.in", "fm", "io"]  # fmt: skip
_MAILBOXES = frozenset(f"{one}.{end}" for one in _PROVIDERS for end in _ENDINGS) - {
    "me.me",
    "free.org",
}
"""Where people have mailboxes: an address there is nobody's handle."""
_SPREAD_MAIL = re.compile(
    r"([\w.+\-]{2,64})\s@\s?(gmail|googlemail|outlook|hotmail|yahoo|icloud|proton|protonmail|gmx|web)"
    r"\s?\.\s?(com|net|de|me|fr|it|es|at|ch)\b"
)
_VERB = frozenset(
    [
        "look",
        "meet",
        "me",
        "him",
        "her",
        "us",
        "them",
        "see",
        "is",
        "was",
        "are",
        "be",
        "home",
        "here",
        "there",
        "login",
        "log",
        "go",
        "start",
        "stay",
        "mail",
        "email",
        "e-mail",
        "found",
        "find",
        "read",
        "posted",
        "works",
        "work",
        "working",
        "you",
        "account",
        "page",
    ]
)
_OFFICES = frozenset(
    [
        "info",
        "legal",
        "contact",
        "support",
        "help",
        "press",
        "office",
        "desk",
        "hello",
        "team",
        "admin",
        "privacy",
        "dpo",
        "abuse",
        "mail",
        "webmaster",
        "noreply",
        "no-reply",
        "kontakt",
        "datenschutz",
        "licensing",
        "inquiries",
        "enquiries",
        "copyright",
        "security",
        "user",
        "host",
        "git",
    ]
)
_CALLED = re.compile(
    r"\b(?:call|phone|tel|telefon\w*|telephone|cell|mobile|whatsapp|text|ring|sms|reach|dial|mobil|"
    r"nummer|appel\w*|llam\w+|cellulare|portable|numero|movil|звон\w+|дзвон\w+|позвон\w+|телефон\w*|"
    r"handy|telefono|dzwon|anruf\w*|erreichen|numer|fax|ben|dad|mum|mom)\b"
)
_NUMBERED = re.compile(
    r"\b(?:isbn|issn|order|invoice|doi|photo id|image id|serial|version|commit|arxiv|case|ticket|upc|ean|gtin|sku|barcode|"
    r"sheet|accession|inventory|shelfmark|orcid|pmid|ssn|social security|"
    r"bytes|views|images|photos|pixels|gps|lat|lon|ratio|pages?)\b"
)
_LETTERS_OF_NUMBER = re.compile(r"(?<!\w)(?:\d[\s\-]{1,3}){7,14}\d(?!\w)")
_CANDIDATE = re.compile(r"(?<![\w.,/:])(?:tel:)?(\+?\(?\d[\d\s().\-/]{5,22}\d)(?![\w/:])")


def has_email(text: str, allow: Iterable[str]) -> bool:
    """Say whether a text has somebody's e-mail address; `allow` are domains of offices."""
    plain = _SPREAD_MAIL.sub(r"\1@\2.\3", seen(text))
    for pattern in (_MAIL, _SAID_MAIL):
        for match in pattern.finditer(plain):
            before = plain[: match.start()]
            if "://" in before.rpartition(" ")[2]:
                continue  # what stands before an @ in a link is no name of a mailbox
            name = match["name"].strip(".")
            domain = re.sub(r"[\[({<]?\s*(?:\bdot\b|\.)\s*[\])}>]?", ".", match["domain"])
            domain = re.sub(r"\s", "", domain)
            if pattern is _SAID_MAIL and (
                ("." not in domain) or not _is_said(match, name) or len(domain.split(".")[-1]) > 4
            ):
                continue
            if name in _OFFICES or name.endswith(("inquiries", "enquiries")):
                continue
            if before.endswith("@") and domain not in _MAILBOXES:
                continue  # a handle of the fediverse
            if not all(domain.split(".")):
                continue  # an ellipsis that is spelled out
            if not name.strip("._-") or _within(domain, allow):
                continue
            if domain.split(".")[-1].isdecimal():
                continue
            return True
    return False


def _is_said(match: re.Match[str], name: str) -> bool:
    """Say whether "x at y dot com" is an address, rather than "look at y dot com"."""
    if re.search(r"[\[({<]", match[0]):
        return True
    last = re.split(r"\s", name)[-1]
    if "dot" not in match["domain"] or last in _VERB:
        return False
    domain = re.sub(r"\s*(?:\bdot\b|\.)\s*", ".", match["domain"])
    if name.isalpha() and domain not in _MAILBOXES:
        return False  # looked at somewhere dot com
    return not last.endswith(("ed", "ing"))


def _within(domain: str, allow: Iterable[str]) -> bool:
    return any(domain == one or domain.endswith(f".{one}") for one in allow)


_SHARES = re.compile(r"(?<![\d.])0\.\d+")
"""Parts of one, as in a table of measurements: several of them look like a number to call."""


def has_phone(text: str, regions: Iterable[str], allow: Iterable[str]) -> bool:
    """Say whether a text has a telephone number that exists in one of `regions`, or anywhere.

    Digits that are only digits count where the text speaks of calling.
    """
    text = _SHARES.sub(" ", text) if "0." in text else text
    plain = _NOT_TEXT.sub(" ", seen(text).translate(_DASHES))
    if _NUMBERED.search(plain):
        plain = re.sub(r"(?<![+\d])\d[\d\s\-.,/]*", " ", plain)
    plain = _LETTERS_OF_NUMBER.sub(lambda match: re.sub(r"[\s\-]", "", match[0]), plain)
    spoken = bool(_CALLED.search(folded(plain)))
    offices = {re.sub(r"\D", "", one) for one in allow}
    here = tuple(regions)
    folding = (
        folded(plain) if plain.isascii() or not re.search(r"[\u0400-\u04ff]", plain) else plain
    )
    by_words = [one for words, one in _SPOKEN_IN if words.search(folding)]
    for match in _CANDIDATE.finditer(plain):
        written = match[1]
        digits = re.sub(r"\D", "", written)
        if digits in offices or not 7 <= len(digits) <= 15 or len(set(digits)) < 3:
            continue
        if written.startswith("+"):
            if _exists(written, None):
                return True
            continue
        shaped = bool(_AMERICAN.fullmatch(written))
        inland = digits.startswith("0") and _is_number(written)
        if (shaped or inland or (spoken and _is_number(written))) and any(
            _exists(written, region) for region in here
        ):
            return True
        if not _DATED.search(written) and any(_exists(written, region) for region in by_words):
            return True
    return False


_SPOKEN_IN = (
    (re.compile(r"\b(?:llam\w+|movil|su (?:telefono|numero))\b"), "ES"),
    (re.compile(r"\b(?:cellulare|chiama\w*|suo numero)\b"), "IT"),
    (re.compile(r"\b(?:bel|mobiel|telefoonnummer) "), "NL"),
    (re.compile(r"\b(?:по)?звон\w+|\bтелефон\w*|\bномер"), "RU"),
    (re.compile(r"\bдзвон\w+|\bтелефон\w*|\bномер"), "UA"),
    (re.compile(r"\b(?:za)?dzwon\w*|\btelefonu\b"), "PL"),
    (re.compile(r"\b(?:telemovel|liga)\b"), "PT"),
)
"""The words of a language for calling, and where a number beside them is looked for."""
_PUBLIC_LINES = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.UAN,
    }
)
"""Help lines, offices, services: nobody's own number."""
_DATED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d|\d{4}-\d{4}")
_DASHES = str.maketrans({"–": "-", "—": "-", "‐": "-", "‑": "-", "\u00a0": " "})


_AMERICAN = re.compile(r"(?:1[\s.\-]?)?(?:\(\d{3}\)|\d{3})[\s.\-]+\d{3}[\s.\-]+\d{4}")


def _is_number(written: str) -> bool:
    """Say whether digits may be a number to call: no dates, and no thousands in groups of three."""
    if _DATED.search(written):
        return False
    groups = re.findall(r"\d+", written)
    thousands = len(groups) > 2 and all(len(group) == 3 for group in groups[1:])
    return not thousands or written.startswith("0")


def _exists(written: str, region: str | None) -> bool:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.number_type(number) in _PUBLIC_LINES:
        return False
    if region is None:
        return phonenumbers.is_possible_number(number)  # somebody wrote a country code before it
    return phonenumbers.is_valid_number(number)


_STREET_EN = (
    r"\b\d{1,5}[a-z]?\s+(?:[nsew]\.?\s+)?(?:[\w'.]+\s+){0,3}?[\w'.]+\s+"
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|close|court|ct|boulevard|blvd|way|terrace|"
    r"square|crescent)\b"
)
_STREET_FR = (
    r"\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|bd|place|chemin|impasse|allee|quai|"
    r"cours|route)\s+\w+"
)
_STREET_DE = (
    r"\b(?:\w+(?:strasse|straße|str\.|weg|gasse|platz|allee|ring|damm|ufer)|am\s+\w+|an der\s+\w+|"
    r"\w+straat|\w+laan|\w+gracht|\w+plein)\s+\d{1,4}\s?[a-z]?\b"
)
_STREET_ROMANCE = (
    r"\b(?:calle|c/|avenida|avda\.?|plaza|paseo|via|viale|corso|piazza|rua|travessa)\s+"
    r"(?:[^\W\d]+\s+){1,4}\d{1,4}\b"
)
_STREET_SLAVIC = r"\b(?:ul\.|ulica|ул\.|улица)\s*[^\W\d]+,?\s*(?:д\.\s*)?\d+"
_STREETS = tuple(
    re.compile(one) for one in (_STREET_EN, _STREET_FR, _STREET_DE, _STREET_ROMANCE, _STREET_SLAVIC)
)
_POSTED = re.compile(
    r"\b\d{5}(?:-\d{4})?\b|\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b|"
    r"\b\d{4}\s?(?!(?:by|in|to|of|is|as|at|on|or|an|we|it|no|so|up|if|do|be|go|us)\b)[a-z]{2}\b|"
    r"\b\d{2}-\d{3}\b|\b\d{4}-\d{3}\b"
)
_HOME = re.compile(
    r"\b(?:lives?|living|my address|his address|her address|their address|address:|address is|home "
    r"is|house is|visit (?:him|her|them)|send (?:hate|it|them|him|her)\b|come to|resid\w+|habite\w*|"
    r"chez (?:lui|elle|moi)|adresse|wohnt|wohne|wohnhaft|wohnung|zuhause|domicile|domicilio|vive|direccion|casa sua|abita|mora|"
    r"mieszka|живет|адрес|woont|apt\.?|кв\.)(?!\w)"
)
_BOX = re.compile(r"\bp\.?\s?o\.?\s?box\s+\d+|\bpostfach\s+\d[\d\s]+")
_PUBLIC = re.compile(
    r"\b(?:museum|musee|museo|library|bibliothek|bibliotheque|biblioteca|archives?|archiv|gallery|galerie|"
    r"universit\w+|institut\w*|headquarters|office|album|public domain|domaine public|photo of|painting|"
    r"picture of|downing street|pennsylvania avenue|baker street (?:film|novel|stories))\b"
)


def has_address(text: str) -> bool:
    """Say whether a text has a postal address that reads as where somebody lives."""
    plain = _plain(_NOT_TEXT.sub(" ", text))
    if _BOX.search(plain) and _POSTED.search(plain):
        return True
    home = bool(_HOME.search(plain))
    if not home and _PUBLIC.search(plain):
        return False
    for street in _STREETS:
        for match in street.finditer(plain):
            rest = plain[: match.start()] + " " + plain[match.end() :]
            if home or _POSTED.search(rest):
                return True
    return False


def _plain(text: str) -> str:
    """Fold accents, but keep other scripts as they are."""
    return folded(text) if not re.search(r"[\u0400-\u04ff]", text) else seen(text)


_DOCUMENT = re.compile(
    r"\b(?:ssn|social security (?:number|no\.?|#)|passport (?:is )?(?:number|no\.?|nr\.?|#)|"
    r"(?:my|his|her|their|the) social(?: is)?|numero de passeport|(?:numero de )?pasaporte|passaporto|"
    r"paspoort(?:nummer)?|pass(?:nummer|-?nr\.?)|nino|fuhrerschein(?:\s?nr\.?|nummer)?|permis de conduire|"
    r"reisepass(?:nummer)?|personalausweis(?:\s?nr\.?|nummer)?|ausweisnummer|"
    r"(?:driver'?s?|driving) licen[cs]e (?:number|no\.?|nr\.?|#)|national insurance (?:number|no\.?)|"
    r"ni number|numero de securite sociale|carte d'?identite(?: n[°o]?)?|passeport n[°o]?|dni|nie|"
    r"codice fiscale|pesel|bsn|id card (?:number|no\.?)|steuer-?id)"
    r"(?:\s+(?:is|es|ist|est|nr\.?|no\.?|n[°o]|e|number))?\s*[:#°.]?\s*"
    r"(?P<number>[a-z]{0,8}\s?\d[a-z0-9 \-]{4,24})\b"
)
_DNI = re.compile(r"\b\d{8}-?([trwagmyfpdxbnjzsqvhlcke])\b")
_CARD = re.compile(r"(?<![\w-])[3-6]\d{3}(?:[ -]?\d){9,12}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:\s?[a-z0-9]){11,30}(?!\w)")


def has_identity(text: str) -> bool:
    """Say whether a text has the number of an identity document, a bank account or a card."""
    plain = folded(_NOT_TEXT.sub(" ", text)).replace("n°", "no")
    for match in _DOCUMENT.finditer(plain):
        number = match["number"].strip()
        digits = sum(one.isdigit() for one in number)
        if digits >= 5 or (digits >= 2 and len(number) >= 8 and " " not in number):
            return True
    if any(_luhn(re.sub(r"\D", "", match[0])) for match in _CARD.finditer(plain)):
        return True
    return any(_is_iban(match[0]) for match in _IBAN.finditer(plain))


def _luhn(digits: str) -> bool:
    if not 14 <= len(digits) <= 16 or len(set(digits)) < 2:
        return False
    total = 0
    for place, one in enumerate(reversed(digits)):
        value = int(one) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_iban(written: str) -> bool:
    """Say whether the start of what was found is an IBAN: words after it may look like more."""
    joined = re.sub(r"\s", "", written)
    for length in range(15, min(len(joined), 34) + 1):
        code = joined[4:length] + joined[:4]
        if int("".join(str(int(one, 36)) for one in code)) % 97 == 1:
            return True
    return False
