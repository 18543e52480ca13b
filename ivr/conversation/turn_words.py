"""Words that say something about turns: answers, politeness, listening noises, words nobody ends with. Pure.

By language; in plain writing (`dialogue/plain_words.py`): lower case, no punctuation.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TurnWords:
    """One language's words.

    `announcing` are words nobody ends a turn with: what they announce is still to come, whatever
    recognition wrote behind. When the sentence holds one of `asking`, those in `may_end_when_asking` may end
    it, and those in `may_end_a_question` do when it has a question mark: "where my order is", "who is it
    from?". `number_words` announce a number, unless one of `having` is said: "I don't have my order number".
    `openings` match sentences that have only been opened; `greetings` begin a turn and are seldom one.
    `sounds` are noises of somebody who listens or thinks, as recognition spells them; `praise` is what
    listeners say in full words.
    """

    yes: frozenset[str]
    no: frozenset[str]
    polite: frozenset[str]
    replies: frozenset[str]
    announcing: frozenset[str]
    openings: re.Pattern[str]
    praise: frozenset[str]
    sounds: frozenset[str]
    greetings: frozenset[str]
    asking: frozenset[str] = frozenset()
    may_end_when_asking: frozenset[str] = frozenset()
    may_end_a_question: frozenset[str] = frozenset()
    number_words: frozenset[str] = frozenset()
    having: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SOUNDS = _words(
    "m mm mmm mhm mmhm mmhmm hm hmm hmmm huh uhhuh uh um uhm er erm ah aha oh ooh ha öh öhm äh äsch eh ehm "
    "eeh ööh"
)

ENGLISH = TurnWords(
    yes=_words("yes yeah yep yup sure correct right okay ok"),
    no=_words("no nope nah"),
    polite=_words(
        "please thanks thank you that's that is was it all fine it's everything i do don't very much good "
        "exactly of course"
    ),
    replies=_words(
        "agent person human operator representative help repeat again what sorry pardon stop wait hello "
        "goodbye bye order status nothing none cancel"
    ),
    announcing=_words(
        "and or but because so then if when that which who than as um uh uhm erm er eh hmm well the a an my "
        "your our their is it's i'm i'll i'd i've was are can could would need want wanted gonna also for to "
        "with about of from at on in by into like number postcode end"  # "and" is often heard as "end"
    ),
    openings=re.compile(
        r"\b(i'd like|i would like|(can|could|would) you( please)?( tell me)?|tell me|i have|i've got|i just|"
        r"i wanted|(is it|it's) possible|i was wondering|my name|order number is|do you know|let me see|"
        r"(possible|like|want|need|have) (too|two|2)|^(well )?actually)$"
    ),
    praise=_words("alright all fine good great nice cool perfect i see got it thanks thank you"),
    sounds=_SOUNDS,
    greetings=_words("hello hi hiya hey there good morning afternoon evening day greetings"),
    asking=_words("where what what's when how who which why"),
    may_end_when_asking=_words("is are was it's can"),
    may_end_a_question=_words("for to with about of from on in like that then number postcode"),
    number_words=_words("number postcode"),
    having=_words("have know find lost forgot see with without"),
)
SWEDISH = TurnWords(
    yes=_words("ja japp jo jajamän precis okej ok visst stämmer"),
    no=_words("nej nä näe"),
    polite=_words("tack tackar det är så bra var allt stämmer gärna precis gör inte vill jag du"),
    replies=_words(
        "människa person personal hjälp upprepa igen va förlåt stopp vänta hallå hejdå hej order avbryt"
    ),
    announcing=_words(
        "och eller men för att eftersom så sen om när som än öh eh ehm hmm alltså en ett den det min mitt "
        "mina din ditt er är jag var kan skulle vill ville behöver till med av från på i vid av också numret "
        "nummer postnumret"
    ),
    openings=re.compile(
        r"\b(jag skulle vilja|jag vill|kan du( säga)?|kan ni|skulle du kunna|jag har|jag undrar( om)?|"
        r"jag ringer|mitt namn|numret är|är det möjligt|ska vi se|få se)$"
    ),
    praise=_words("bra fint perfekt jaha jaså tack skönt okej toppen"),
    sounds=_SOUNDS,
    greetings=_words(
        "hej hejsan hallå tjena tja tjenare god goddag godmorgon godkväll morgon morron dag kväll hejhej"
    ),
    asking=_words("var vad när hur vem vilken varför"),
    may_end_when_asking=_words("är var kan"),
    may_end_a_question=_words("till med av från på i om numret det den"),
    number_words=_words("numret nummer postnumret"),
    having=_words("har vet hittar glömt utan"),
)
NORWEGIAN = TurnWords(
    yes=_words("ja jo jepp stemmer riktig okei ok greit"),
    no=_words("nei niks"),
    polite=_words("takk det er var alt bra fint gjerne stemmer så jeg vil ikke gjør"),
    replies=_words("menneske person hjelp gjenta igjen hva unnskyld stopp vent hallo hadet hei ordre avbryt"),
    announcing=_words(
        "og eller men for at fordi så hvis når som enn øh eh ehm hmm altså en ei et den det min mitt "
        "mine din er jeg var kan skulle vil ville trenger til med av fra på i ved også nummeret "
        "nummer postnummeret"
    ),
    openings=re.compile(
        r"\b(jeg vil( gjerne)?|jeg skulle( gjerne)?|kan du( si)?|kan dere|jeg har|jeg lurer på|jeg ringer|"
        r"navnet mitt|nummeret er|er det mulig|skal vi se|la meg se)$"
    ),
    praise=_words("bra fint perfekt jaha takk greit okei flott"),
    sounds=_SOUNDS | _words("øh øhm"),
    greetings=_words("hei hallo heisann morn god goddag morgen dag kveld ettermiddag"),
    asking=_words("hvor hva når hvordan hvem hvilken hvorfor"),
    may_end_when_asking=_words("er var kan"),
    may_end_a_question=_words("til med av fra på i om nummeret det den"),
    number_words=_words("nummeret nummer postnummeret"),
    having=_words("har vet finner glemt uten"),
)
FINNISH = TurnWords(
    yes=_words("joo juu kyllä niin aivan okei ok selvä"),
    no=_words("ei en"),
    polite=_words("kiitos kiitoksia se on oli siinä kaikki hyvä ihan ei muuta tarvitse mitään"),
    replies=_words(
        "ihminen henkilö apua toista uudestaan mitä anteeksi seis odota haloo moi hei tilaus peruuta"
    ),
    announcing=_words(
        "ja tai mutta koska että jos kun joka kuin niin öö öh eh hmm tota siis minun mun mä minä on olen oli "
        "haluan haluaisin pitäisi voisin voinko voisitko myös numero postinumero"
    ),
    openings=re.compile(
        r"\b(haluaisin|minä haluan|voisitko( kertoa)?|voitko( kertoa)?|minulla on|mulla on|nimeni on|"
        r"numero on|onko mahdollista|katsotaan)$"
    ),
    praise=_words("hyvä hienoa selvä kiitos jaa ahaa okei kiva"),
    sounds=_SOUNDS | _words("öö tota"),
    greetings=_words("hei moi moikka terve päivää huomenta iltaa hyvää no haloo"),
    asking=_words("missä mitä milloin miten kuka mikä miksi"),
    may_end_when_asking=_words("on oli"),
    may_end_a_question=_words("on numero"),
    number_words=_words("numero postinumero"),
    having=_words("ole tiedä löydä"),
)
_BY_LANGUAGE = {"en": ENGLISH, "sv": SWEDISH, "nb": NORWEGIAN, "no": NORWEGIAN, "fi": FINNISH}


def turn_words(language: str) -> TurnWords:
    """Return a language's words; English for one that has none."""
    return _BY_LANGUAGE.get(language, ENGLISH)
