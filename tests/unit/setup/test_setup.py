"""The set-up does what is due, once, and says beforehand what it will download."""

import stat
import sys
from pathlib import Path

import pytest

from setup import dotenv, system_packages
from setup.__main__ import GOALS, main, step_makers
from setup.errors import SetupFailed
from setup.parts import Machine, setting
from setup.pythons import find_python_3_10, is_version
from setup.steps import Step, run_steps
from setup.system_packages import SystemPackage, install_packages, missing_packages
from setup.torch_build import CPU_INDEX, choose_torch_build


class Kitchen:
    """One step with an input and an output, and what was said while it ran."""

    def __init__(self, folder: Path) -> None:
        self.stamps = folder / "stamps"
        self.flour = folder / "flour"
        self.bread = folder / "bread"
        self.flour.write_text("rye")
        self.baked = 0
        self.said: list[str] = []

    def bake(self) -> None:
        self.baked += 1
        self.bread.write_text(self.flour.read_text())

    def run(self, *facts: str) -> None:
        step = Step("bread", "bread", self.bake, (self.flour,), facts, (self.bread,), lambda: 12)
        run_steps([step], self.stamps, self.said.append)


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    return Kitchen(tmp_path)


def test_a_step_is_done_once(kitchen: Kitchen) -> None:
    kitchen.run()
    kitchen.run()
    assert kitchen.baked == 1
    assert kitchen.said[-1] == "Set-up: everything is in place."


def test_a_step_is_done_again_when_an_input_a_fact_or_the_output_changed(kitchen: Kitchen) -> None:
    kitchen.run()
    kitchen.flour.write_text("wheat")
    kitchen.run()
    assert kitchen.baked == 2
    kitchen.run("warm")
    assert kitchen.baked == 3
    kitchen.bread.unlink()
    kitchen.run("warm")
    assert kitchen.baked == 4


def test_a_step_that_failed_is_due_again(kitchen: Kitchen) -> None:
    kitchen.flour.unlink()
    with pytest.raises(FileNotFoundError):
        kitchen.run()
    kitchen.flour.write_text("rye")
    kitchen.run()
    assert kitchen.bread.read_text() == "rye"


def test_after_a_failure_not_even_the_old_inputs_count_as_done(kitchen: Kitchen) -> None:
    kitchen.run()

    def burn() -> None:
        raise SetupFailed("burnt")

    with pytest.raises(SetupFailed):
        run_steps([Step("bread", "bread", burn, facts=("hot",))], kitchen.stamps, kitchen.said.append)
    kitchen.run()
    assert kitchen.baked == 2


def test_the_download_is_announced_before_the_first_step_begins(kitchen: Kitchen) -> None:
    kitchen.run()
    announced = next(i for i, line in enumerate(kitchen.said) if "up to 12 MB will be downloaded" in line)
    assert announced < next(i for i, line in enumerate(kitchen.said) if line.startswith("[1/1]"))


def test_every_goal_names_parts_that_exist(tmp_path: Path) -> None:
    makers = step_makers(Machine(tmp_path, print))
    assert {part for parts in GOALS.values() for part in parts} <= set(makers)


def test_an_unknown_part_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["wights"])
    assert "no such part: wights; there are: settings" in capsys.readouterr().err


def test_a_fresh_env_file_holds_random_secrets_only_the_owner_can_read(tmp_path: Path) -> None:
    first, second = tmp_path / "first.env", tmp_path / "second.env"
    for path in (first, second):
        dotenv.write_missing_values(path)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert "IVR_TWILIO_API_URL=http://127.0.0.1:8081\n" in first.read_text()
    assert dotenv.missing_values(first) == []
    values = [
        {line for line in path.read_text().splitlines() if line.startswith("IVR_") and "URL" not in line}
        for path in (first, second)
    ]
    assert len(values[0]) == 4
    assert values[0].isdisjoint(values[1])


def test_what_a_person_put_into_the_env_file_stays(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("IVR_TWILIO_ACCOUNT_SID=ACreal\n# mine\nIVR_TWILIO_AUTH_TOKEN=real")
    dotenv.write_missing_values(path)
    text = path.read_text()
    assert text.startswith("IVR_TWILIO_ACCOUNT_SID=ACreal\n# mine\nIVR_TWILIO_AUTH_TOKEN=real\n")
    assert "IVR_TWILIO_API_URL" not in text  # a real account talks to Twilio itself
    assert "IVR_RASA_TOKEN=" in text
    assert setting(tmp_path, "IVR_TWILIO_ACCOUNT_SID", "") == "ACreal"
    assert setting(tmp_path, "IVR_UNHEARD_OF", "as is") == "as is"


def shim(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_python_that_is_there_but_refuses_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim(tmp_path / "shims", "python3.10", "echo 'not installed' >&2; exit 127")
    good = shim(tmp_path / "pyenv/versions/3.10.13/bin", "python3.10", "echo 3.10")
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert find_python_3_10() == str(good)


def test_uv_may_bring_the_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = shim(tmp_path / "managed", "python3.10", "echo 3.10")
    script = f'if [ "$2" = install ]; then touch {tmp_path}/i; elif [ -e {tmp_path}/i ]; then echo {good}; fi'
    shim(tmp_path / "bin", "uv", script)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "no-pyenv"))
    if is_version("/usr/bin/python3.10", "3.10") or is_version("/bin/python3.10", "3.10"):
        pytest.skip("this system brings a Python 3.10 of its own, which is found first")
    assert find_python_3_10() == str(good)


def test_no_python_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(SetupFailed, match=r"uv python install 3\.10"):
        find_python_3_10()


def pip_that_offers(folder: Path, version: str, url: str) -> str:
    report = (
        f'{{"install": [{{"metadata": {{"version": "{version}"}}, "download_info": {{"url": "{url}"}}}}]}}'
    )
    return str(shim(folder, "python-with-pip", f"echo '{report}'"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every build of PyTorch is a CPU build")
class TestTorchBuild:
    """On Linux the ordinary build is CUDA's."""

    @pytest.fixture(autouse=True)
    def no_gpu(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
        shim(tmp_path / "bin", "nvidia-smi", "exit 9")

    def test_a_cpu_file_on_this_machine_downloads_nothing(self, tmp_path: Path) -> None:
        python = pip_that_offers(tmp_path, "2.13.0+cpu", "file:///wheels/torch.whl")
        build = choose_torch_build(python, "torch==2.13.0")
        assert (build.pip_options, build.download_mb) == ((), 0)

    def test_the_cpu_index_comes_before_a_cuda_build(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        python = pip_that_offers(tmp_path, "2.13.0", "https://files/torch.whl")
        monkeypatch.setattr("setup.torch_build.is_reachable", lambda url: True)
        assert choose_torch_build(python, "torch==2.13.0").pip_options == ("--index-url", CPU_INDEX)

    def test_gigabytes_are_never_a_surprise(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        python = pip_that_offers(tmp_path, "2.13.0", "https://files/torch.whl")
        monkeypatch.setattr("setup.torch_build.is_reachable", lambda url: False)
        monkeypatch.setattr("platform.machine", lambda: "x86_64")
        build = choose_torch_build(python, "torch==2.13.0")
        assert "CUDA" in build.words
        assert build.download_mb >= 2000

    def test_a_machine_with_a_gpu_gets_the_ordinary_build(self, tmp_path: Path) -> None:
        shim(tmp_path / "bin", "nvidia-smi", "echo 'GPU 0: a card'")
        build = choose_torch_build("python-is-not-asked", "torch==2.13.0")
        assert "has an NVIDIA GPU" in build.words


def test_without_root_the_exact_command_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim(tmp_path, "apt-get", "echo ran >> " + str(tmp_path / "ran"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    with pytest.raises(
        SetupFailed, match="sudo apt-get install -y --no-install-recommends espeak-ng chromium"
    ):
        install_packages(["espeak-ng", "chromium"], tmp_path, tmp_path / "log")
    assert not (tmp_path / "ran").exists()


def test_root_installs_with_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim(tmp_path, "apt-get", f'echo "$@" >> {tmp_path}/ran')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 0)
    install_packages(["espeak-ng"], tmp_path, tmp_path / "log")
    assert (tmp_path / "ran").read_text() == "update\ninstall -y --no-install-recommends espeak-ng\n"


def test_a_package_is_missing_when_neither_its_program_nor_its_library_is_there() -> None:
    absent = SystemPackage("absent", ("no-such-program",), library="no-such-library")
    assert missing_packages((absent, SystemPackage("shell", ("sh",)))) == ["absent"]
