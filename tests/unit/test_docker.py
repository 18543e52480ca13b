"""The images and the compose file keep their promises: not root, health checks, no secrets, one set-up."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from setup.__main__ import step_makers
from setup.parts import Machine

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
OWN_IMAGES = ("service", "rasa")
SECRETS = {
    "IVR_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "IVR_TWILIO_AUTH_TOKEN": "twilio-token",
    "IVR_RASA_TOKEN": "rasa-token",
    "IVR_ACTIONS_TOKEN": "actions-token",
}
NEEDED = SECRETS | {
    "IVR_PUBLIC_URL": "https://bot.example.com",
    "IVR_TWILIO_NUMBER": "+46850000000",
    "IVR_AGENTS": "Anna:+46850000001",
}


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((DOCKER / "compose.yml").read_text())


def compose_program() -> list[str]:
    """Return the command of Docker Compose, version 2 or 1; skip where there is none."""
    if shutil.which("docker"):
        asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    pytest.skip("Docker Compose is not installed here")


def rendered(env_file: Path) -> subprocess.CompletedProcess[str]:
    command = [*compose_program(), "--env-file", str(env_file), "-f", str(DOCKER / "compose.yml")]
    command += ["--profile", "postgres", "--profile", "redis", "config"]
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=path)


def test_compose_itself_accepts_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / "env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in NEEDED.items()))
    finished = rendered(env_file)
    assert finished.returncode == 0, finished.stderr
    assert set(yaml.safe_load(finished.stdout)["services"]) == {"service", "rasa", "postgres", "redis"}


@pytest.mark.parametrize("secret", SECRETS)
def test_compose_refuses_to_start_without_a_secret_and_names_it(tmp_path: Path, secret: str) -> None:
    env_file = tmp_path / "env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in NEEDED.items() if name != secret))
    finished = rendered(env_file)
    assert finished.returncode != 0
    assert secret in finished.stderr


def test_what_is_optional_is_behind_a_profile(compose: dict) -> None:
    profiles = {name: service.get("profiles") for name, service in compose["services"].items()}
    assert profiles == {"service": None, "rasa": None, "postgres": ["postgres"], "redis": ["redis"]}


def test_nothing_runs_as_root_or_can_become_it(compose: dict) -> None:
    for name, service in compose["services"].items():
        assert service["user"] not in ("root", "0", 0), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name


@pytest.mark.parametrize("image", OWN_IMAGES)
def test_an_own_image_drops_root_before_its_command(image: str) -> None:
    text = (DOCKER / image / "Dockerfile").read_text()
    last_stage = text[text.rindex("\nFROM ") if "\nFROM " in text else 0 :]
    assert last_stage.index("USER ivr") < last_stage.index('CMD ["start-')


def test_everything_has_a_health_check(compose: dict) -> None:
    for image in OWN_IMAGES:
        assert "HEALTHCHECK" in (DOCKER / image / "Dockerfile").read_text(), image
    for name, service in compose["services"].items():
        if name not in OWN_IMAGES:
            assert service["healthcheck"]["test"], name


def test_only_the_service_is_published_and_only_on_loopback(compose: dict) -> None:
    published = {
        name: service["ports"] for name, service in compose["services"].items() if "ports" in service
    }
    assert published == {"service": ["127.0.0.1:8080:8080"]}
    inner = {name for name, service in compose["services"].items() if service["networks"] == ["inside"]}
    assert inner == {"rasa", "postgres", "redis"}
    assert compose["networks"]["inside"] == {"internal": True}


def test_no_secret_is_written_into_an_image_or_the_compose_file(compose: dict) -> None:
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("TOKEN|SID|PASSWORD", variable):
                assert re.fullmatch(r"\$\{\w+:[?-][^}]*\}", value), f"{name}: {variable}"
    for image in OWN_IMAGES:
        text = (DOCKER / image / "Dockerfile").read_text()
        assert not re.search(r"^(ARG|ENV) .*(TOKEN|SECRET|PASSWORD)", text, re.MULTILINE), image
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", "var", ".git"} <= set(ignored)


@pytest.mark.parametrize("image", OWN_IMAGES)
def test_images_run_the_same_set_up_as_make_does(image: str, tmp_path: Path) -> None:
    parts = set(step_makers(Machine(tmp_path, print)))
    texts = [(DOCKER / image / name).read_text() for name in ("Dockerfile", "start")]
    asked = [
        part
        for text in texts
        for line in re.findall(r"python -m setup ([a-z -]+)", text)
        for part in line.split()
    ]
    assert asked
    assert set(asked) <= parts


def test_every_path_an_image_copies_exists() -> None:
    for image in OWN_IMAGES:
        for line in re.findall(
            r"^COPY (?!--from)(.+)$", (DOCKER / image / "Dockerfile").read_text(), re.MULTILINE
        ):
            for source in line.split()[:-1]:
                assert (ROOT / source).exists(), f"{image}: {source}"


def test_the_fallback_is_twiml_that_dials_a_person() -> None:
    response = ElementTree.parse(DOCKER / "fallback.xml").getroot()
    assert response.tag == "Response"
    assert [verb.tag for verb in response] == ["Say", "Dial", "Say", "Hangup"]
    dial = response.find("Dial")
    assert dial is not None
    assert re.fullmatch(r"\+[1-9]\d{6,14}", dial.text or "")
