"""Which sentences ask for a person, or decline one, beyond doubt by their words alone: few patterns, sure.

They stand beside the classifier: what they miss it may still read, and they work without it.
"""

import re

from ivr.triage.features import normal

SURE = 0.97
_EN_PERSON = (
    r"(?:(?:an?|the|some|any|your|one of your|one of the|real|actual|live|living|human|proper|other) )*"
    r"(?:some(?:one|body)|any(?:one|body)|person|people|humans?|human being|agents?|operator|representative|"
    r"rep|advis[eo]rs?|manager|supervisor|boss|colleagues?|staff|employee|member of staff|clerk|technician|"
    r"assistant|customer (?:service|services|care|support)|specialist)"
)
_SV_PERSON = (
    r"(?:(?:en|ett|er|din|din egen|riktig|vanlig|levande|mänsklig|av era|av er|annan) )*"
    r"(?:någon|nån|människa|person|personal|personalen|handläggare|kundtjänst|kundservice|kollega|chef|chefen|"
    r"operatör|medarbetare|rådgivare|tekniker|säljare|anställd|expedit|folk)"
)
_NB_PERSON = (
    r"(?:(?:en|et|ekte|av dere) )*"
    r"(?:noen|menneske|person|kundebehandler|kundeservice|kollega|sjefen|ansatt|folk)"
)
_FI_PERSON = (
    r"(?:ihmisen|ihmiselle|asiakaspalvelijan|asiakaspalvelijalle|jonkun|virkailijan|virkailijalle|esimiehen)"
)
_EN_BARE = (
    r"(?:(?:real|live|human) )?(?:operator|representative|human|human being|person|agent|advis[eo]r|"
    r"customer (?:service|care|support)|receptionist|supervisor|switchboard)"
)
_SV_BARE = (
    r"(?:en )?(?:människa|person|operatör|handläggare|kundtjänst|kundservice|medarbetare|växeln|"
    r"personal|kollega)"
)
_NB_BARE = r"(?:et |en )?(?:menneske|person|kundeservice|kundebehandler|operatør)"
_FI_BARE = r"(?:ihminen|asiakaspalvelu|asiakaspalvelija|virkailija)"
_BARE = "|".join((_EN_BARE, _SV_BARE, _NB_BARE, _FI_BARE))
_POLITE = r"(?: (?:please|now|tack|nu|snälla|takk|nå|kiitos|nyt))*"

_ASKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:(?:no|yes|okay|nej|ja|nei|ei) )?(?:{_BARE})(?: (?:{_BARE}))*{_POLITE}$",
        rf"\b(?:speak|talk|chat) (?:to|with) {_EN_PERSON}\b",
        r"\b(?:get|give|find|fetch|connect|transfer|put) (?:me|us) (?:through |over )?(?:to )?"
        rf"{_EN_PERSON}\b",
        r"\b(?:put|patch|pass) me through\b|\b(?:connect|transfer) me (?:please|now|to)\b",
        rf"\b(?:i want|i need|i d like|id like|i would like|can i have|can i get|could i have) {_EN_PERSON}"
        r"(?: (?:please|now|instead|to help me|on the (?:phone|line)))*$",
        r"\b(?:call|phone|ring) me back\b",
        rf"\b(?:prata|tala|snacka) med {_SV_PERSON}\b",
        rf"\b(?:koppla|släpp|skicka) mig (?:vidare|fram|över|till {_SV_PERSON})\b",
        rf"\b(?:ge|hämta) mig {_SV_PERSON}\b",
        r"\bjag vill ha (?:en )?(?:riktig )?(?:människa|person|handläggare)\b",
        r"\b(?:ring|ringa) (?:mig tillbaka|upp mig|mig upp)\b",
        rf"\b(?:snakke|prate) med {_NB_PERSON}\b|\b(?:sett|koble) meg (?:over|til|videre)\b",
        rf"\b(?:is|isnt|are|would) there (?:be )?{_EN_PERSON} (?:there )?(?:i|we|who|that) "
        r"(?:(?:can|could|may|might) (?:speak|talk|ask|help|chat|discuss|explain)|(?:i )?(?:speaks|knows))\b",
        rf"\b(?:discuss|sort) (?:it |this |that )?(?:out )?with {_EN_PERSON}\b",
        rf"\b(?:get|gotten) hold of (?:{_EN_PERSON}|\w+ (?:in|from) \w+)$",
        r"\b(?:flesh and blood|kött och blod)\b",
        rf"^(?:\w+ ){{0,4}}(?:front desk|reception|the office){_POLITE}$",
        r"\bkoppla (?:mig )?(?:till|vidare|fram)\b|\bkoppla mig(?: nu| tack)?$|\btelefonisten\b",
        rf"\b(?:få|ha) tag (?:på|i) (?:{_SV_PERSON}|ekonomi\w*|lagret|butiken|\w+avdelningen)\b",
        rf"\bfinns det {_SV_PERSON} (?:där )?(?:som|jag|man|att) (?:kan |jag |man )*"
        r"(?:prata|snacka|tala|fråga|hjälpa|svara)\b",
        rf"\bpuhua {_FI_PERSON}\b|\byhdistä(?:kää)? (?:minut )?(?:{_FI_PERSON}|asiakaspalveluun)\b",
    )
)
# "No need to talk to anyone", "do I have to speak to somebody": not asked for.
_BUT_NOT = re.compile(
    r"\b(?:no need|not need|dont need|dont want|do not (?:need|want)|dont have|neednt|without|"
    r"do i have|do i need|should i|"
    r"told me|want you|behöver inte|vill inte|slippa|måste jag|ska jag|sa att jag|trenger ikke|vil ikke|"
    r"en halua|ei tarvitse)\b"
)


_NO_MACHINE = r"(?! (?:robots?|bots?|machines?|computers?|maskin\w*|dator\w*|robot\w*|telefonsvarare))"
_DECLINES = re.compile(
    r"\b(?:(?:dont|do not|wont|will not) (?:need|want|have to)|no need|neednt|rather not|without)"
    r" (?:to )?(?:(?:speak|talk|talking|bother|fetch|get|see|wait)(?: to| with| for)? )?"
    rf"{_EN_PERSON}\b{_NO_MACHINE}"
    r"|\b(?:dont|do not|neednt|no need to|need to not|please not) (?:connect|transfer|put) me\b"
    r"|\byou (?:dont|do not) (?:have|need) to (?:connect|transfer|put|fetch|get|call|ring)\b"
    r"|\b(?:behöver|vill|måste) (?:jag |du |ni |man )?inte "
    r"(?:ha |prata med |tala med |snacka med |störa |hämta )?"
    rf"{_SV_PERSON}\b{_NO_MACHINE}"
    r"|\b(?:behöver|ska|måste) (?:du |ni )?inte (?:koppla|hämta|skicka|ringa)\b|\bkoppla (?:mig |nån )?inte\b"
    r"|\bslipper (?:helst )?(?:prata|tala|snacka) med\b"
    r"|\b(?:trenger|vil) (?:jeg |du )?ikke (?:ha |snakke med |prate med )?"
    rf"{_NB_PERSON}\b{_NO_MACHINE}"
)

_WANTS_MORE = re.compile(
    r"\b(?:want|need|but|get|give|connect|put|vill|behöver|utan|men|ge|hämta|koppla|vil|men)\b"
)


def declines_plainly(words: str) -> bool:
    """Say whether a turn declines a person and asks for none."""
    said = normal(words)
    found = list(_DECLINES.finditer(said))
    return bool(found) and not _WANTS_MORE.search(said, found[-1].end())


def asks_plainly(words: str) -> bool:
    """Say whether a turn asks for a person in so many words."""
    said = normal(words)
    return not _BUT_NOT.search(said) and any(pattern.search(said) for pattern in _ASKS)
