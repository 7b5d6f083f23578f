"""What gives searching for people and scams away: patterns, and what turns them into talk about it.

All patterns are RE2's, over folded text (small Latin letters, no accents).
"""

import re
from collections.abc import Sequence

from bot.moderation.folding import folded
from bot.moderation.links import Link, profiles
from bot.moderation.pieces import searched

_PERSON = (
    r"(?:person|guy|man|woman|girl|boy|lady|dude|kid|child|chick|bloke|gentleman|fella|model|"
    r"passerby|teenager|couple|stranger|protester|demonstrator|bystander|blonde|brunette|redhead|"
    r"jogger|cyclist|cutie|hottie|toddler|baby|weirdo|creep)"
)
_THIS = r"(?:this|that|the|these|those|dis|dat)"
_PICTURE = r"(?:photos?|pictures?|pics?|images?|shots?|selfies?|uploads?|frames?)"
_WHERE = (
    rf"(?:the one|the other one|(?:on|to|in|at) (?:the |my |your |his |her )?(?:far |very )?"
    rf"(?:left|right|middle|back|background|foreground|front|cent(?:er|re)|corner|crowd|hat|glasses|{_PICTURE}))"
)
_WHO = (
    rf"\bwho(?:'?s| is| are| was)? (?:this|that|he|she|they|these|those)(?: (?:two|three|people|folks|kids|ones))?"
    rf"\b\W{{0,3}}{_WHERE}\b",
    rf"\b(?:in|on) (?:this|that|the|my|your) {_PICTURE}\b.{{0,20}}\bwho (?:is|are|was) (?:he|she|they)\b",
    rf"\bwhat (?:{_THIS} (?:\w+ ){{0,2}}{_PERSON}(?: \w+){{0,4}}|he|she) (?:is|was) (?:called|named)\b",
    rf"\bwhat'?s? (?:is )?{_THIS} {_PERSON} (?:called|named)\b",
    rf"\bnames? (?:to|for|of) {_THIS} (?:\w+ ){{0,2}}(?:face|{_PERSON})\b",
    r"\bwhose (?:face|kid|child|son|daughter|baby) (?:is|was)\b",
    rf"\bknow (?:him|her|them)\b\W{{0,3}}(?:{_WHERE}|{_THIS} {_PERSON})",
    rf"\btell (?:me|us) who (?:{_THIS} (?:\w+ ){{0,2}}{_PERSON}|this is|that is)\b",
    r"\b(?:drop|give me|gimme|get me|need|find me|have|has|got|post|share) (?:his|her|their) (?:full |real |last |first )?names?\b",
    r"\b(?:his|her|their) (?:full |real |last )?names?,? (?:please|pls|plz)\b",
    r"\bcomo se llama (?:el|la|un|una) (?:hombre|mujer|chic[ao]|persona|tipo|senora?|nin[ao])\b",
    r"\bcomment s'?appelle (?:la|le) (?:personne|fille|femme|homme|mec|gars|garcon|dame|type|monsieur)\b",
    rf"\bwho(?:se)?(?:'?s| is| are| dis| was| dat)?\s*{_THIS}?\s+(?:\w+\s+){{0,2}}{_PERSON}s?\b",
    rf"\bwho(?:'?s| is)\s+{_THIS}\s+{_PERSON}\b",
    r"\bwho\s+(?:dis|dat)\b",
    rf"\bwho {_THIS}(?: \w+)? {_PERSON} (?:is|are|was)\b",
    r"\b(?:find out|knows?|tell me|figure out|say)\b.{0,20}\bwho (?:he|she|they) (?:is|are|was)\b",
    r"\bfind out who (?:this|that|he|she|they) (?:is|are)\b",
    rf"\b(?:know|knows|recogni[sz]e|identify|remember|tell me) (?:who )?{_THIS} (?:\w+ ){{0,2}}{_PERSON}\b",
    r"\b(?:recogni[sz]e|identify) (?:him|her|them)\b",
    rf"\bnames? (?:of|for) {_THIS} (?:\w+ ){{0,2}}{_PERSON}\b",
    r"\bwhat'?s? (?:is )?(?:his|her) name\b",
    rf"\bwhat'?s? (?:is )?{_THIS} {_PERSON}'?s? name\b",
    r"\b(?:anyone|anybody|someone|somebody|who) (?:here )?knows? (?:his|her) (?:real )?name\b",
    rf"\bid (?:on )?{_THIS} {_PERSON}\b",
    rf"\bwho(?:'?s| is) (?:he|she)\b\W{{0,3}}(?:the|this|that) {_PERSON}\b",
    r"\bcomment s'?appelle (?:cette|cet|ce) (?:personne|fille|femme|homme|mec|gars|garcon|dame)\b",
    r"\bwie (?:diese[rs]?|die|der|das) (?:person|frau|mann|madchen|junge|typ|kerl) hei(?:ss|ß)t\b",
    r"\bwie hei(?:ss|ß)t (?:diese[rs]?|die|der|das) (?:person|frau|mann|madchen|junge|typ|kerl)\b",
    r"\bcomo se llama (?:est[ae]|es[ae]) (?:hombre|mujer|chic[ao]|persona|tipo|senora?)\b",
    r"\bcome si chiama quest[ao]? ?'?(?:uomo|donna|ragazz[ao]|tipo|persona)\b",
    r"\b(?:re)?conhece (?:est[ae]|ess[ae]) (?:mulher|homem|menin[ao]|pessoa|cara|rapariga|rapaz)\b",
    r"\bwie (?:deze|die|dit) (?:man|vrouw|meisje|jongen|persoon) is\b",
    r"\bzna (?:tego|te|ta) (?:faceta|goscia|dziewczyne|kobiete|mezczyzne|czlowieka|osobe)\b",
    r"\bqui est (?:cette|cet|ce) (?:personne|fille|femme|homme|mec|gars|garcon|dame)\b",
    r"\bc'?est qui (?:cette|cet|ce) \w+",
    r"\b(?:connait|reconnait|identifier?) (?:cette|cet|ce) (?:personne|fille|femme|homme|mec|gars)",
    r"\bwer ist (?:diese[rs]?|das|die|der) (?:person|frau|mann|madchen|junge|typ|kerl)",
    r"\b(?:kennt|erkennt) (?:jemand|wer|ihr|einer) (?:diese[nrs]?|den|die|das) (?:person|frau|mann|madchen|typ)",
    r"\bwer (?:die|der|das) (?:person|frau|mann|madchen|junge|typ)\b.{0,20}\bist\b",
    r"\bquien es (?:esta|este|esa|ese) (?:\w+)",
    r"\bquien es (?:el|la) (?:hombre|mujer|chic[ao]|persona|tipo|senora?|nin[ao]) (?:de|en) (?:la|esta) (?:foto|imagen)",
    r"\bquien es (?:ella|el)\s*(?:[?!.,]|$|en la|de la foto)",
    r"\b(?:re)?conoce a (?:est[ae]|es[ae]) (?:hombre|mujer|chic[ao]|persona|tipo)",
    r"\bchi e que(?:st|ll)[ao]? ?'?(?:ragazz[ao]|donna|uomo|tipo|persona)",
    r"\bconosce quest[ao]? ?'?(?:uomo|donna|ragazz[ao]|tipo|persona)",
    r"\bwie is (?:deze|die|dit) (?:man|vrouw|meisje|jongen|persoon)",
    r"\bquem e es[st][ae] (?:mulher|homem|menin[ao]|pessoa|cara)",
    r"\bkto to jest (?:ta|ten)?",
)
_WHO_CYRILLIC = (
    r"кто (?:эта|этот|это за) (?:девушка|парень|женщина|мужчина|человек)",
    r"(?:кто )?знает (?:этого|эту) (?:человека|девушку|женщину|парня|мужчину)",
)
_PICTURED = re.compile(
    r"\b(?:to|for|in) (?:the |her |his |their )?(?:credits?|attribution|caption)\b|"
    r"\b(?:autor\w*|auteure?|fotograf\w*|photographe|urheber\w*|artista|maker|"
    r"first person|person (?:in charge|responsible|to (?:ask|call|write|talk)|who (?:uploads?|made|took|wrote))|"
    r"(?:person|man|woman|guy|lady|girl|boy) (?:behind|who (?:\w+ed|began|built|invented|runs?|leads?|leaked)\b)|"
    r"paintings?\b|sculpture|statue|film|movie|novel|poem|"
    r"(?:person|man|woman) on the street|part of the credit|author|photographer|artist|painter|licensor|owner|license|dataset|session|photo walk|plant|bird|building|flower|font|song)\b"
)
_TALK = re.compile(
    r"\"|\bshould\b|\bban\b|\billegal\b|\blaw\b|\bopt out\b|\bremoved? (?:me )?from\b|\bmy (?:own )?(?:face|"
    r"photo|picture)s?\b|\bplease do(?:n'?t| not)\b|\bdo(?:n'?t| not)\b|\bis it (?:ok|legal|allowed)|\ballowed\b|"
    r"\bfined\b|\barticle\b|\bkeep asking\b|\bquestions\b|\bnot ok(?:ay)?\b|\bscares?\b|\bprotect\b"
)
_SERVICES = (
    r"(?:pim ?eyes|p1m ?eyes|face ?check(?:\.id)?|search4faces|findclone|find clone|lenso(?:\.ai)?|"
    r"clearview|faceseek|social-?catfish|precheck\.ai|eyematch|copyseeker faces)"
)
_SOMEBODY = (
    r"(?:him|her|his|their|them|this (?:guy|man|woman|girl|person|dude)|the guy|somebody|someone|sa|son|lui|elle|"
    r"su|sua|suo|ihr\w*|sein\w*)"
)
_FACE = (
    r"\b(?:pimeyes|p1meyes|facecheck|search4faces|findclone|lenso|faceseek|social-catfish|precheck|eyematch)"
    r"\s?(?:\.|\bdot\b)\s?(?:com|id|ru|ai|online|net|en)\b",
    rf"\b(?:try|use|used|using|run|upload|check|checked|put|search|searched|essaie|probier\w*|sube|cerca|utilise|"
    rf"nimm|did you try|found)\b.{{0,60}}\b{_SERVICES}\b",
    rf"\b{_SERVICES}\s+{_SOMEBODY}\b",
    rf"\b(?:reverse|face)[ -](?:image |face |facial )?(?:search|look ?up|recognition search)\b.{{0,30}}\b{_SOMEBODY}\b",
    rf"\b(?:use a )?face (?:recognition )?search (?:on|for|of) (?:{_SOMEBODY}|{_THIS} (?:\w+ ){{0,2}}{_PERSON})\b",
    rf"\b{_SERVICES}\b.{{0,20}}\b(?:tells?|shows?|gives?|knows?|has)\b.{{0,20}}\b(?:who (?:he|she|they|any\w+|some\w+)|names?"
    rf"|(?:his|her|their) \w+)\b",
    rf"\bput {_SOMEBODY} face in(?:to)?\b.{{0,30}}\b(?:search|lookup|yandex|lens)\b",
    rf"\b(?:google lens|yandex) {_SOMEBODY} face\b",
    rf"\b(?:throw|feed|stick|drop|mete|meter|passer?|pasa|prueba|pon|mets?|gooi|wrzuc|lade?|stell)\b.{{0,60}}\b{_SERVICES}\b",
    rf"\b(?:ran|frag|fragt)\b.{{0,60}}\b{_SERVICES}\b",
    rf"\b{_SERVICES}\b.{{0,30}}\b(?:found|finds?|encuentra|trouve|findet|trova)\b.{{0,20}}"
    rf"\b(?:her|him|them|anyone|anybody|everyone|people|cualquiera|todos|tout le monde|jeden)\b",
    rf"\b{_SERVICES}\b.{{0,40}}\b(?:look|run|search|check) {_SOMEBODY}\b",
    r"\b(?:yandex|google lens|reverse[ -](?:image )?search)\b.{0,30}\b(?:her|his|their|\w+'s) face\b",
    r"\brecherche faciale sur (?:lui|elle|cette|cet)\b",
    r"\bgesichtssuche (?:mit|nach|fur) (?:dem|der|diesem|dieser|ihr\w*|ihm|sein\w*|dies\w*)",
)
FACE_LINK = frozenset(
    [
        "pimeyes.com",
        "facecheck.id",
        "search4faces.com",
        "findclone.ru",
        "lenso.ai",
        "faceseek.online",
        "precheck.ai",
        "eyematch.ai",
    ]
)
FACE_WORDS = ("face", "eye", "clone", "search4", "lenso", "clearview", "catfish", "precheck",
               "facial", "gesicht", "copyseeker")  # fmt: skip
"""One of these stands in whatever the patterns of `_FACE` find."""
_MINE = re.compile(
    r"\bmy (?:own )?(?:face|photo|picture|self)|\bmyself\b|\bopt out\b|\bremoved? from\b|\bfined\b|\billegal\b|\blaw\b"
    r"|\bnever\b|\bstop\b|\bshould(?: not|n'?t)\b|\bsued?\b|\bban(?:ned)?\b|\bplease do(?:n'?t| not)\b|\bdo not\b|\barticle\b"
)
_INCITES = (
    r"\b(?:go|lets|let's|let us|everybody|everyone|guys|all|y'all|people|raid|brigade)\b.{0,40}\b(?:report|spam|flood|"
    r"message|dm|raid|brigade|harass|comment|tell|write|after|attack|mass)\b",
    r"\b(?:mass[ -]report\w*|raid|brigade|expose|flood (?:his|her|their)|spam (?:his|her|their|him|them)|get (?:him|her|them)\b|"
    r"go after|ruin (?:his|her)|make (?:his|her|their) life)",
    r"\b(?:tell|show|message|dm|write) (?:him|her|them|to (?:his|her|their))\b",
    r"\b(?:this|here|that) is (?:his|her|their|where (?:he|she|they)|the (?:guy|thief|photographer|troll)'?s?)\b",
    r"\bhere'?s (?:his|her|their|the (?:guy|thief|photographer|troll)'?s?)\b",
    r"\b(?:his|her) (?:flickr|profile|account|instagram|facebook|page|linkedin|twitter|insta|fb)\b",
    r"\bfound the (?:thief|guy|troll|liar|creep)\b",
    r"\b(?:drop|leave) (?:a )?comments?\b",
    r"\breport (?:this|that) (?:guy|woman|man|girl|person|one|account)\b",
    r"\b(?:dites?|dire|ecrivez) (?:lui|leur)\b",
    r"\ballez (?:lui|leur|tous)\b",
    r"\b(?:dm|message|harass|spam|flood) (?:this|that) (?:account|page|profile|creep|thief|guy|troll|liar|person|woman|man|girl|idiot)\b",
    r"\b(?:signalez|harcelez|spammez) tous\b|\btous (?:signaler|commenter)\b|\b(?:denunci\w+|reporta\w*) todos\b|"
    r"\bsegnalate tutti\b|\ballez tous\b|\bschreibt (?:ihm|ihr) alle\b|\bvamos todos\b|\bandiamo tutti\b|\bmeldet alle\b",
)
_SPAMS = (
    r"\b(?:go|lets|let's|everyone|everybody) (?:spam|raid|report|harass|flood|attack|mass report)\b.{0,20}@?[\w.]+ (?:on|at) "
    r"(?:instagram|insta|twitter|facebook|flickr|tiktok|x)\b",
)
_SPAM_WORDS = ("spam", "raid", "report", "harass", "flood", "attack")
_THANKS = re.compile(
    r"\b(?:thanks|thank you|credit|licensed|photo by|cc by|follow our|my (?:flickr|portfolio|profile|page|account)|nice message|museum)\b"
)
_NITRO = r"(?:nitro|steam (?:gift|card)s?|steam gift card|robux|gift ?cards?|v-?bucks|ps5|iphone|macbook)"
_SCAM = (
    rf"\b(?:free|gratis|gratuit\w*|kostenlos\w*|offerte?s?|claim (?:your|you)?)\b.{{0,30}}\b{_NITRO}\b.{{0,200}}",
    rf"\b{_NITRO}\b.{{0,30}}\b(?:free|gratis|gratuit\w*|kostenlos\w*|offerte?s?|giveaway)\b.{{0,200}}",
    r"\bsteam (?:gift|card)s? ?\d+ ?\$",
    r"\baccident(?:al)?ly reported (?:you|your)\b",
    r"\b(?:contact|talk to) (?:this|the) (?:discord |steam )?admin\b",
    r"\bvote for (?:my|our|me|us)\b.{0,60}https?://",
    r"\bgiving away (?:an?|his|her|their|some|two)\b.{0,40}\b(?:ps5|macbook|iphone|laptop|camera|console)\b.{0,60}\b(?:dm|pm) me\b",
    r"\b(?:made|earned|making|earning) \$?\d[\d.,]*k?\$?.{0,40}\b(?:days?|hours?|weeks?)\b.{0,60}"
    r"\b(?:trader|telegram|whatsapp|dm me|invest\w*)\b",
    r"\b(?:earn|make)\b.{0,10}\d.{0,30}\bfrom home\b|\bpay me \d+ ?%",
    r"\baccount (?:will be|has been|is going to be|gets) (?:deleted|banned|suspended|locked|disabled)\b.{0,80}https?://",
    r"\bturn \$?\d[\d.,k]*\$? into \$?\d[\d.,k]*\b.{0,40}\b(?:hours?|days?|dm|week)\b",
    r"\bdouble your (?:bitcoins?|btc|eth|crypto|money|coins)\b",
    r"\bgiving away my\b.{0,60}\b(?:dm|message|free|first come)\b.{0,40}\b(?:dm|first come|me)\b",
    r"\b(?:earn|make|get) (?:up to )?\$?\d[\d.,k]*\$? ?\$? ?(?:k )?(?:daily|a day|per day|weekly|within|in \d+ ?(?:h|hours|days))",
    r"\bhelp the first \d+ (?:people|persons)\b",
    r"\b(?:earn|make) \$?\d+k\b.{0,60}\b(?:week|day|hours|profit)\b",
    r"\binvest \$?\d+\$?.{0,60}\b(?:get|return|back|profit|hours)\b",
    r"\$\d+ a day\b.{0,60}\b(?:guaranteed|whatsapp|dm)\b|\bguaranteed\b.{0,40}\bwhatsapp\b",
    r"\b(?:test|try) (?:my|our|it)\b.{0,120}\b(?:download|link|setup|exe|rar|zip)\b.{0,80}(?:\.exe|\.rar|\.zip|\.scr|\.msi|password)",
    r"\bgame\b.{0,80}\bdownload\b.{0,60}(?:\.exe|\.rar|\.zip|\.scr|\.msi)",
    r"\b(?:connect|link) your wallet\b",
    r"\bairdrop\b.{0,60}\bclaim\b",
    r"\bleaks?\b.{0,30}\b(?:free|join|only ?fans|teen)\b|\b(?:teen|only ?fans)\b.{0,20}\bleaks?\b",
    r"\bpromo code\b.{0,60}https?://|\bcasino\b.{0,80}\b(?:promo|code|won|register)\b",
    r"\bscan (?:this|the) qr\b",
    r"\bverify your account\b.{0,80}(?:https?://|deleted|banned)",
    r"\bgenerator\b.{0,30}\bno survey\b",
    rf"\b{_NITRO} generator\b",
    r"\bleak(?:ed|s)?\b.{0,30}\b(?:pics?|photos?|videos?|nudes?|tapes?)\b.{0,80}https?://",
    r"\bfree\b.{0,20}\b(?:skins?|knife|knives)\b|\b(?:skins?|knife) (?:free )?giveaway\b",
    r"\b(?:log ?in|sign ?in) with (?:your )?steam\b.{0,60}(?:https?://|claim|gift|skins?)",
    r"\bgets? (?:disabled|banned|deleted|suspended)\b.{0,40}\b(?:verify|confirm)\b.{0,40}https?://",
    r"\b(?:turned|flipped) \$?\d[\d.,k]*\$? (?:in)?to \$?\d[\d.,k]*.{0,40}\b(?:hours?|days?|weeks?|dm)\b",
    r"\b(?:giv\w+ away|gives away) \d+ (?:gift ?cards?|iphones?|ps5s?|nitros?|laptops?)\b",
)
_WARNS = re.compile(
    r"\b(?:is (?:it|this) a scam|scam(?:mer|s)?\b|watch out|beware|hacked|do(?:n'?t| not) (?:click|scan)|"
    r"reported a message|wrote that|phishing|fake)\b|\?\s*$"
)


_CRIES = re.compile(r"(.{0,24})@(?:everyone|here)(?![\w-])", re.DOTALL)
_OF_CRYING = re.compile(
    r"(?:n['’]?t|not|never|no|about|the|an?|of|that|with) (?:\w+ )?[\"'`]?$|[\"'`]$"
)


def cries(text: str) -> bool:
    """Say whether a text tries to mention everybody, rather than speak of it."""
    return any(not _OF_CRYING.search(match[1].lower()) for match in _CRIES.finditer(text))


class Phrases:
    """The patterns, compiled once; each question takes time in proportion to the text."""

    def __init__(self) -> None:
        self._who = searched((*_WHO, *map(folded, _WHO_CYRILLIC)))
        self._face = searched(_FACE)
        self._incites = searched(_INCITES)
        self._spams = searched(_SPAMS)
        self._scam = searched(_SCAM)

    def who_is(self, plain: str) -> bool:
        """Say whether a folded text asks who somebody in a picture is."""
        if not self._who.Match(plain) or _TALK.search(plain):
            return False
        return not _PICTURED.search(plain) and not plain.rstrip(" ?!.").endswith(" by")

    def face_search(self, plain: str, found: Sequence[Link]) -> bool:
        """Say whether a folded text offers or links a search for somebody's face."""
        said = any(one.leads_to(FACE_LINK) for one in found) or (
            any(one in plain for one in FACE_WORDS) and bool(self._face.Match(plain))
        )
        return said and not _MINE.search(plain)

    def target(self, plain: str, found: Sequence[Link]) -> bool:
        """Say whether a folded text puts somebody's profile up for others to go after."""
        profile = any(True for _one in profiles(found))
        said = (profile and bool(self._incites.Match(_bare(plain)))) or (
            any(one in plain for one in _SPAM_WORDS) and bool(self._spams.Match(plain))
        )
        return said and not _THANKS.search(plain)

    def scam(self, plain: str) -> bool:
        """Say whether a folded text is of the kind that accounts which were taken over send."""
        if not self._scam.Match(plain):
            return False
        return "http" in plain or not _WARNS.search(plain)


def _bare(plain: str) -> str:
    return re.sub(r"https?://\S+", " ", plain)
