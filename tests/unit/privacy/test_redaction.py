"""What is taken out of a caller's words before they are kept, and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words
from stdnum import luhn

from ivr.privacy.redaction import redact
from ivr.privacy.spans import Sensitive


@pytest.mark.parametrize(
    ("language", "said", "kept"),
    [
        ("en", "My card is 4111 1111 1111 1111, thanks", "My card is [card number], thanks"),
        ("en", "four one one one, one one one one, one one one one, one one one one", "[card number]"),
        ("en", "five five double five, triple five, five five, forty-four forty four, 4444", "[card number]"),
        ("sv", "nitton åttioett tolv arton nittioåtta sjuttiosex", "[personal number]"),
        ("sv", "Det är 811218-9876.", "Det är [personal number]."),
        ("sv", "81 12 18, 98 76", "[personal number]"),
        ("nb", "fødselsnummeret er 151086 95088", "fødselsnummeret er [personal number]"),
        ("fi", "131052-308T", "[personal number]"),
        ("fi", "se on 131052 a 308 t", "se on [personal number]"),
        ("fi", "yksi kolme yksi nolla viisi kaksi miinus kolme nolla kahdeksan T", "[personal number]"),
        ("en", "call +46 70 123 45 67 please", "call [phone number] please"),
        ("nb", "nummeret mitt er 98 76 54 32", "nummeret mitt er [phone number]"),
        ("nb", "sju og førti elleve tolv nitti", "[phone number]"),
        ("en", "anna dot berg at example dot com", "[e-mail]"),
        ("sv", "anna punkt berg snabel-a example punkt se", "[e-mail]"),
        ("en", "Write to bob_s22@example.co.uk.", "Write to [e-mail]."),
        ("en", "I live at 12 Baker Street", "I live at [address]"),
        ("sv", "Jag bor på Storgatan 12 i Malmö", "Jag bor på [address] i [name]"),
        ("fi", "osoite on Mannerheimintie 5", "osoite on [address]"),
        ("en", "My name is Zbigniew Wojciechowski and I wait.", "My name is [name] and I wait."),
        ("en", "my name is anna karlsson and i wait", "my name is [name] and i wait"),
        ("sv", "Kan jag få prata med Göran Persson?", "Kan jag få prata med [name]?"),
        ("fi", "olen aino korhonen", "olen [name]"),
    ],
)
def test_personal_things_are_taken_out(language: str, said: str, kept: str) -> None:
    assert redact(said, language).text == kept


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Where is order 471192, postcode 11122?"),
        ("en", "I will mark it. May I? This is terrible."),
        ("en", "the order was on 2026-11-21"),
        ("en", "I called at nine on Monday about a Nordlys lamp"),
        ("sv", "det är liv i lådan, jag vill inte ha den nu"),
        ("nb", "jeg heter ikke noe"),
        ("fi", "olen odottanut viikon"),
        ("en", ""),
    ],
)
def test_the_matter_itself_stays(language: str, said: str) -> None:
    assert redact(said, language).text == said


def test_words_of_the_shop_are_no_names() -> None:
    assert redact("I bought the Fjällräven bag", "en", frozenset({"fjällräven"})).kinds == ()


def test_what_was_found_is_told_in_order() -> None:
    found = redact("I'm Anna Berg, 0731234567", "en")
    assert found.kinds == (Sensitive.NAME, Sensitive.PHONE)


@pytest.mark.parametrize(("language", "words"), [("en", "en"), ("sv", "sv"), ("nb", "no"), ("fi", "fi")])
@given(body=st.from_regex(r"[3-6][0-9]{14}", fullmatch=True), is_paired=st.booleans())
def test_a_card_read_aloud_never_stays(language: str, words: str, body: str, is_paired: bool) -> None:
    digits = body + luhn.calc_check_digit(body)
    step = 2 if is_paired else 1
    groups = [digits[at : at + step] for at in range(0, len(digits), step)]
    said = " ".join(
        str(num2words(int(group), lang=words))
        if group[0] != "0" or step == 1
        else " ".join(str(num2words(int(digit), lang=words)) for digit in group)
        for group in groups
    )
    assert redact(said, language).text == "[card number]"


@given(
    st.text(st.characters(exclude_characters="["), max_size=200),
    st.sampled_from(["en", "sv", "nb", "fi", "xx"]),
)
def test_any_text_is_taken(text: str, language: str) -> None:
    once = redact(text, language)
    assert once.text.count("[") == len(once.kinds)
