"""Which sentences ask for a person, or decline one, beyond doubt by their words alone: few patterns, sure.

They stand beside the classifier: what they miss it may still read, and they work without it.
"""

import re

from ivr.triage.features import normal

SURE = 0.97
_EN_PERSON = (
    r"(?:(?:an?|the|some|any|your|my|one of your|one of the|real|actual|live|living|human|proper|other|"
    r"another|duty|shop|store|line|customer|senior|nice|breathing|normal) )*"
    r"(?:some(?:one|body)|any(?:one|body)|person|people|humans?|human being|agents?|operator|representative|"
    r"rep|advis[eo]rs?|manager|supervisor|boss|colleagues?|staff|employee|member of (?:the )?(?:staff|team)|"
    r"clerk|technician|assistant|customer (?:service|services|care|support)|specialist|consultant|"
    r"receptionist|"
    r"salesperson|team leader|one of (?:you|your (?:lot|people|team|colleagues|staff))|"
    r"whoever(?: is|s)? (?:in charge|responsible|does|handles|deals|looks|runs|knows|answers|can)|"
    r"(?:one|lady|man|guy|woman|team|department) (?:who|that|in charge|responsible))"
)
_EN_OFFICE = (
    r"(?:(?:the|your) )?(?:accounts|sales|billing|reception|switchboard|head office|front desk|"
    r"customer services?|after ?sales|complaints|(?:(?:sales|returns|accounts|billing|finance|"
    r"complaints|delivery|legal) )"
    r"(?:team|department|desk|office)|management)"
)
_SV_PERSON = (
    r"(?:(?:en|ett|er|din|din egen|riktig|vanlig|levande|mänsklig|annan|min) )*"
    r"(?:(?:någon|nån)(?: (?:annan|riktig|levande|i personalen|hos er|på kontoret|ansvarig|anställd))?|"
    r"människa|person|personal|personalen|handläggare|kundtjänst|kundservice|kollega|chef|chefen|operatör|"
    r"medarbetare|rådgivare|tekniker|säljare|anställd|expedit|folk|(?:en|nån|någon) av (?:er|era \w+)|"
    r"(?:den|nån|någon) som (?:bestämmer|sköter|ansvarar|jobbar|har hand|håller i|tar hand|gör|kan|"
    r"förstår|andas))"
)
_SV_OFFICE = (
    r"(?:växeln|receptionen|butiken|kassan|lagret|kontoret|supporten|huvudkontoret|säljarna|ekonomi|"
    r"ledningen|"
    r"försäljningen|\w+avdelningen)"
)
_NB_PERSON = (
    r"(?:(?:en|et|ekte|av dere) )*"
    r"(?:noen|menneske|person|kundebehandler|kundeservice|kollega|sjefen|ansatt|folk)"
)
_FI_PERSON = (
    r"(?:ihmisen|ihmiselle|asiakaspalvelijan|asiakaspalvelijalle|jonkun|virkailijan|virkailijalle|esimiehen)"
)
_EN_BARE = (
    r"(?:(?:real|live|human|just|only|an?|the|proper|living|nice) )*(?:operator|representative|"
    r"human|human being|person|agent|advis[eo]r|"
    r"customer (?:service|care|support)|receptionist|supervisor|switchboard|manager|colleague|"
    r"member of staff|"
    r"consultant|human voice|team leader|staff|boss)"
)
_SV_BARE = (
    r"(?:(?:en|riktig|levande|vanlig|mänsklig|bara) )*(?:människa|person|operatör|handläggare|"
    r"kundtjänst|kundservice|"
    r"medarbetare|växeln|växel|personal|kollega|chefen|rådgivare|mänsklig röst|personen|"
    r"kundtjänsten|operatören)"
)
_NB_BARE = r"(?:et |en )?(?:menneske|person|kundeservice|kundebehandler|operatør)"
_FI_BARE = r"(?:ihminen|asiakaspalvelu|asiakaspalvelija|virkailija)"
_BARE = "|".join((_EN_BARE, _SV_BARE, _NB_BARE, _FI_BARE))
_POLITE = r"(?: (?:please|now|tack|nu|snälla|takk|nå|kiitos|nyt))*"

_ASKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:(?:no|yes|okay|nej|ja|nei|ei) )?(?:{_BARE})(?: (?:{_BARE}))*{_POLITE}$",
        rf"\b(?:speak|talk|chat|word|conversation) (?:to|with|two) (?:{_EN_PERSON}|{_EN_OFFICE})\b",
        r"\b(?:get|give|find|fetch|connect|transfer|put|hand|pass|bring|switch|refer|forward|divert|"
        r"send) (?:me|us) "
        rf"(?:through |over |on |across |up |along )?(?:to |with )?(?:{_EN_PERSON}|{_EN_OFFICE})\b",
        r"\b(?:put|patch|pass) (?:me|my call|this call|the call) through\b",
        r"\b(?:pass|swing|hand|transfer|switch|forward|divert|move) (?:me|my call|this call|the call) "
        r"(?:through|on|over|across|along)\b",
        r"\b(?:connect|transfer|escalate|forward|divert) me (?:please|now|to)\b|\b(?:connect|transfer) me$",
        rf"\b(?:i want|i need|i d like|id like|i would like|can i have|can i get|could i have|i "
        rf"prefer|id prefer|"
        rf"i d rather have|id rather have|could do with|let me have|get hold of|fetch|put on|page) "
        rf"{_EN_PERSON}"
        r"(?: (?:please|now|instead|for me|to help me|to talk to|to speak to|on the (?:phone|line)))*$",
        r"\b(?:call|phone|ring) me back\b",
        rf"\b(?:can|could|would|have|get|let) {_EN_PERSON} (?:please |to |just )?"
        r"(?:call|ring|phone|ring up|talk to|speak to|talk|give) (?:me|us)\b",
        r"\b(?:can|could|let|have) (?:an? |the |one of )(?:member of (?:the )?staff|colleague|"
        r"human|real person|person|"
        r"supervisor|manager|you|your (?:people|colleagues|staff)) "
        r"(?:please |just )?(?:help|assist|take over|explain|take this|have a go|deal)\b",
        r"\b(?:i want|i need|want|need) (?:to )?(?:talk|speak)(?: to)? (?:person|human|people|"
        r"somebody|someone)\b",
        r"\bis (?:there )?(?:any|some)(?:one|body)(?: \w+)? (?:there|available|free|around|"
        r"reachable|at home)$",
        rf"\b(?:prata|tala|snacka|talas|ord) (?:lite )?med (?:{_SV_PERSON}|{_SV_OFFICE})\b",
        rf"\b(?:koppla|släpp|skicka|ställ|flytta|slussa|växla|lämna) (?:mig|oss|över mig|samtalet|"
        rf"mitt samtal) "
        rf"(?:vidare|fram|över|till (?:{_SV_PERSON}|{_SV_OFFICE}))\b",
        rf"\b(?:ge|hämta|skaffa) (?:mig |hit )?{_SV_PERSON}(?: (?:tack|nu|i luren|på linjen|på "
        rf"tråden|är du snäll))*$",
        rf"\bjag (?:vill|skulle vilja|vill hellre|behöver) (?:ha |få |nå )?{_SV_PERSON}"
        r"(?: (?:tack|nu|i stället|istället|i luren|på linjen|på tråden|att prata med|att fråga))*$",
        rf"\b(?:kan|får|kunde) jag (?:bara )?få {_SV_PERSON}"
        r"(?: (?:tack|nu|i stället|istället|i luren|på linjen|på tråden|att prata med))*$",
        r"\b(?:ring|ringa) (?:mig tillbaka|upp mig|mig upp)\b",
        rf"\b(?:kan|kunde|skulle|be|låt|får) {_SV_PERSON} (?:kunna )?(?:ringa|höra av sig|ta över|"
        rf"kontakta mig)\b",
        r"\bär det (?:nån|någon)(?: \w+)? (?:där|hemma|inne|på plats|vaken|ledig)(?: jag kan prata med)?$",
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
    r"rather not|must i|did (?:i|you)|i (?:had|spoke|talked)|told me|want you|behöver inte|vill "
    r"inte|slippa|måste jag|ska jag|sa att jag|slipper|pratade|talade|inte prata|trenger ikke|vil ikke|"
    r"en halua|ei tarvitse)\b"
)


# A machine declined is a person asked for.
_MACHINE = (
    r"(?:(?:an?|the|this|en|ett|nån|den här|att prata med en) )*"
    r"(?:robots?|bots?|machines?|computers?|recordings?|maskin\w*|robot\w*|dator\w*|telefonsvarare|"
    r"inspelning)"
)
_REFUSES_MACHINES = re.compile(
    rf"\b(?:dont|do not|wont|will not|refuse to|not) (?:want )?(?:to )?(?:(?:talk|speak|talking|"
    rf"speaking) (?:to|with) )"
    rf"{_MACHINE}\b|\b(?:dont|do not) want {_MACHINE}$"
    rf"|\b(?:vill|tänker|orkar) (?:jag )?inte (?:prata|tala|snacka) med {_MACHINE}\b"
)
_IS_SOMEBODY_IN = re.compile(
    r"\b(?:[Ii]s|[Ää]r) (?!(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b)[A-ZÅÄÖ][a-zåäöé]+ "
    r"(?:in|about|around|available|inne|på plats|i tjänst|anträffbar)(?: (?:today|now|idag|i dag|"
    r"nu))?(?:$|[,.?!])"
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
    r"(?<!just )(?<!only )(?<!bara )"
    r"\b(?:want|need|but|get|give|connect|put|vill|behöver|utan|men|ge|hämta|koppla|vil|men)\b(?! "
    r"bara| just| only)"
)


def declines_plainly(words: str) -> bool:
    """Say whether a turn declines a person and asks for none."""
    said = normal(words)
    found = list(_DECLINES.finditer(said))
    return bool(found) and not _WANTS_MORE.search(said, found[-1].end())


def asks_plainly(words: str) -> bool:
    """Say whether a turn asks for a person in so many words."""
    said = normal(words)
    if _REFUSES_MACHINES.search(said) or _IS_SOMEBODY_IN.search(words):
        return True
    return not _BUT_NOT.search(said) and any(pattern.search(said) for pattern in _ASKS)
