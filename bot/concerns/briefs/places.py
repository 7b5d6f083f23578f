"""Finding where somebody lives: streets with a number, and postal codes that stand for a street.

Written as in English, German, French, Spanish, Italian and Portuguese. A town alone is no address.
"""

import re
from collections.abc import Iterator

_STREETS = (
    r"\b\d{1,5}[A-Za-z]?,?[ ]+(?:[A-Z][\w'’.-]*[ ]+){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Way|Court|Ct|Place|Pl|Boulevard|Blvd|Square"
    r"|Terrace|Close|Crescent|Gardens|Grove|Highway|Hwy|Parkway)\b\.?"
    r"(?:,?[ ]+(?:Apt|Apartment|Flat|Unit|Suite|No)\.?[ ]*\w{1,5}|,?[ ]*#[ ]?\w{1,5})?",
    r"\b[A-ZÄÖÜ][\wäöüß-]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|damm)"
    r"[ ]+\d{1,4}[ ]?[a-z]?\b",
    r"\b\d{1,4}(?:[ ]?(?:bis|ter))?,?[ ]+(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Ii]mpasse"
    r"|[Qq]uai|[Aa]llée)[ ]+[^\n,.;]{2,40}",
    r"\b(?:[Cc]alle|[Aa]venida|[Pp]laza|[Vv]ia|[Vv]iale|[Pp]iazza|[Rr]ua)[ ]+[^\n,.;\d]{2,40},?[ ]*"
    r"(?:n[º°.]?[ ]*)?\d{1,4}\b",
    # A British postal code is a handful of houses; an American one stands behind its state.
    r"\b(?:GIR 0AA|[A-Z]{1,2}\d[A-Z\d]?[ ]\d[ABD-HJLNP-UW-Z]{2})\b",
    r"\b[A-Z]{2}[ ]+\d{5}(?:-\d{4})?\b",
)
_FOUND = tuple(map(re.compile, _STREETS))


def find_places(text: str) -> Iterator[tuple[int, int]]:
    """Yield addresses of houses."""
    for pattern in _FOUND:
        for match in pattern.finditer(text):
            yield match.span()
