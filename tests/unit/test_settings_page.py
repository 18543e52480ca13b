"""The page of settings says what the code does."""

from pathlib import Path

from pydantic import Field, SecretStr

from ivr.config import Settings
from ivr.settings_page import PAGE, render, undescribed

ROOT = Path(__file__).resolve().parents[2]


class OneMore(Settings):
    """Settings with fields of every sort that a page can get wrong."""

    shelf: int = Field(3, ge=1, lt=9, description="First line,\nor a|b.")
    mystery: SecretStr | None = None


def row(page: str, setting: str) -> str:
    return next(line for line in page.splitlines() if line.startswith(f"| `{setting}`"))


def test_the_page_is_current() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render(), "run: python -m ivr.settings_page"


def test_every_setting_is_explained() -> None:
    assert undescribed() == []


def test_an_unexplained_setting_is_found() -> None:
    assert undescribed(OneMore) == ["mystery"]


def test_a_new_setting_appears_with_its_limits() -> None:
    page = render(OneMore)
    assert row(page, "IVR_SHELF") == (
        "| `IVR_SHELF` | First line, or a\\|b. | whole number, at least 1, less than 9 | `3` |"
    )
    assert row(page, "IVR_MYSTERY") == "| `IVR_MYSTERY` |  | secret text | unset |"


def test_every_setting_has_a_row() -> None:
    rows = [line for line in render().splitlines() if line.startswith("| `IVR_")]
    assert len(rows) == len(Settings.model_fields)
    assert "**must be set**" in row(render(), "IVR_TWILIO_AUTH_TOKEN")
