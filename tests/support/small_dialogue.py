"""A small nlu_data folder that is explored in an instant, and what to break in it."""

import shutil
from pathlib import Path

import yaml

NLU_DATA = Path(__file__).parents[2] / "nlu_data"
LANGUAGES = ("en", "sv", "nb", "fi")
PERSON = {"rule": "asked", "steps": [{"intent": "speak_to_person"}, {"action": "utter_command_person"}]}
GOODBYE = {"rule": "bye", "steps": [{"intent": "goodbye"}, {"action": "utter_command_hang_up"}]}
HELLO = {"rule": "hello", "steps": [{"intent": "greet"}, {"action": "utter_hello"}]}


def small_dialogue(folder: Path) -> Path:
    """Write hello, goodbye, a person, and the real wording of the phone side."""
    shutil.copytree(NLU_DATA / "responses", folder / "responses")
    texts = yaml.safe_load((folder / "responses/en.yml").read_text(encoding="utf-8"))
    for language in LANGUAGES:
        file = folder / "responses" / f"{language}.yml"
        texts = yaml.safe_load(file.read_text(encoding="utf-8"))
        texts["responses"] |= {"utter_hello": [{"text": "Hello."}], "utter_ask_size": [{"text": "Which?"}]}
        file.write_text(yaml.safe_dump(texts, allow_unicode=True), encoding="utf-8")
    commands = {
        "utter_command_person": [{"custom": {"command": "hand_over", "reason": "asked_for_person"}}],
        "utter_command_hang_up": [{"custom": {"command": "hang_up"}}],
    }
    (folder / "commands.yml").write_text(yaml.safe_dump({"responses": commands}), encoding="utf-8")
    write(folder, [PERSON, GOODBYE, HELLO])
    return folder


def write(folder: Path, rules: list[dict], **domain: object) -> None:
    written = {
        "intents": ["greet", "goodbye", "speak_to_person"],
        "slots": {"size": {"type": "text", "mappings": [{"type": "custom"}]}},
        "forms": {},
        "actions": ["action_not_understood"],
        **domain,
    }
    (folder / "domain.yml").write_text(yaml.safe_dump(written), encoding="utf-8")
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules/all.yml").write_text(yaml.safe_dump({"rules": rules}), encoding="utf-8")
