"""Gather, in virtual time. Case numbers are those of docs/carrier.md."""

import asyncio

import pytest

from tests.support.carrier_world import NUMBER, SERVICE, World, play, twiml

END = twiml("<Hangup/>")


def test_case_048_gather_posts_the_digits_without_the_finish_key() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Gather action="/next"/>'))
        world.service.on("/next", END)
        phone = world.phone()
        await phone.dials()
        for digit in "12345#":
            phone.does("press", digit=digit)
        await phone.until("ended")
        assert world.service.to("/next")[0].form["Digits"] == "12345"

    play(scenario)


def test_case_049_gather_finish_key_first_falls_through() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Gather action="/next"/><Redirect>/after</Redirect>'))
        world.service.on("/after", END)
        phone = world.phone()
        await phone.dials()
        phone.does("press", digit="#")
        await phone.until("ended")
        assert not world.service.to("/next")
        assert len(world.service.to("/after")) == 1

    play(scenario)


@pytest.mark.parametrize(("attribute", "path"), [("", "/after"), ('actionOnEmptyResult="true"', "/next")])
def test_case_050_gather_without_input(attribute: str, path: str) -> None:
    async def scenario(world: World) -> None:
        gather = f'<Gather action="/next" timeout="7" {attribute}/>'
        world.service.on("/voice", twiml(gather + "<Redirect>/after</Redirect>"))
        world.service.on("/after", END)
        world.service.on("/next", END)
        phone = world.phone()
        await phone.dials()
        answered_s = world.now_s()
        await phone.until("ended")
        (asked,) = world.service.to("/next") + world.service.to("/after")
        assert asked.path == path
        assert "Digits" not in asked.form
        assert asked.at_s - answered_s == pytest.approx(7.0, abs=0.05)

    play(scenario)


def test_case_051_gather_num_digits_posts_on_the_key_and_stops_the_prompt() -> None:
    async def scenario(world: World) -> None:
        gather = '<Gather action="/next" numDigits="1"><Say>A long prompt of many words</Say></Gather>'
        world.service.on("/voice", twiml(gather))
        world.service.on("/next", twiml("<Say>B</Say>"))
        phone = world.phone()
        await phone.dials()
        await asyncio.sleep(0.3)
        phone.does("press", digit="7")
        pressed_s = world.now_s()
        await phone.until("ended")
        (asked,) = world.service.to("/next")
        assert asked.form["Digits"] == "7"
        assert asked.at_s == pytest.approx(pressed_s, abs=0.001)
        after = [frame for at_s, frame in phone.heard if at_s > pressed_s + 0.03]
        assert not any(b"A" in frame for frame in after)

    play(scenario)


def test_case_052_gather_without_action_asks_the_current_document() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Redirect>/menu?level=2</Redirect>"))
        world.service.on("/menu", twiml('<Gather numDigits="1"/>'), END)
        phone = world.phone()
        await phone.dials()
        phone.does("press", digit="1")
        await phone.until("ended")
        assert [asked.url for asked in world.service.to("/menu")] == [f"{SERVICE}/menu?level=2"] * 2
        assert world.service.to("/menu")[1].form["Digits"] == "1"

    play(scenario)


def test_case_053_gather_without_finish_key_takes_hash_as_data() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Gather action="/next" finishOnKey="" timeout="3"/>'))
        world.service.on("/next", END)
        phone = world.phone()
        await phone.dials()
        phone.does("press", digit="1")
        phone.does("press", digit="#")
        pressed_s = world.now_s()
        await phone.until("ended")
        (asked,) = world.service.to("/next")
        assert asked.form["Digits"] == "1#"
        assert asked.at_s - pressed_s == pytest.approx(3.0, abs=0.01)

    play(scenario)


def test_case_054_gather_timeout_counts_from_the_end_of_the_prompt() -> None:
    async def scenario(world: World) -> None:
        say = "<Say>" + "x" * 100 + "</Say>"  # five seconds
        world.service.on("/voice", twiml(f'<Gather timeout="2">{say}</Gather><Redirect>/after</Redirect>'))
        world.service.on("/after", END)
        phone = world.phone()
        await phone.dials()
        answered_s = world.now_s()
        await phone.until("ended")
        assert world.service.to("/after")[0].at_s - answered_s == pytest.approx(7.0, abs=0.06)

    play(scenario)


@pytest.mark.parametrize("inside", ["<Dial>+46700000000</Dial>", "<Record/>", "<Hangup/>"])
def test_case_056_gather_holds_only_say_play_and_pause(inside: str) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml(f"<Gather>{inside}</Gather>"))
        phone = world.phone()
        phone.does("dial", to=NUMBER)
        await phone.until("ended")
        assert 12200 in world.codes()

    play(scenario)


def test_keys_pressed_between_prompts_start_the_timeout_anew() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Gather action="/next" timeout="4"/>'))
        world.service.on("/next", END)
        phone = world.phone()
        await phone.dials()
        for digit in "123":
            await asyncio.sleep(3.0)
            phone.does("press", digit=digit)
        await phone.until("ended")
        assert world.service.to("/next")[0].form["Digits"] == "123"

    play(scenario)
