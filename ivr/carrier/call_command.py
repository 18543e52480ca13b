"""The command `ivr call`: plays a script and prints the call."""

import json
import re
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.carrier.call_report import CallReport, Moment
from ivr.carrier.call_script import NUMBER
from ivr.carrier.call_script_file import CallScriptInvalid, load_call_script
from ivr.carrier.caller_voice import Speak, VoiceUnavailable
from ivr.carrier.phone_line import DEFAULT_URL, CarrierUnreachable
from ivr.carrier.scripted_caller import LineOptions, Transcribe, run_call

EXPECTATION_FAILED, SCRIPT_INVALID, CARRIER_UNREACHABLE = 1, 2, 3

_STYLES = {"caller": "cyan", "bot": "green", "line": "dim"}
_AGENT_STYLE = "magenta"


def call_command(speak: Speak | None = None, transcribe: Transcribe | None = None) -> click.Command:
    """Return `ivr call`, with the engines it may use; they are called only when a script needs them.

    `speak` is (text, language) to mono float32 at 8 kHz, `transcribe` mono float32 at 16 kHz to words.
    """

    @click.command("call")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, nothing else.")
    @click.option(
        "--record", type=click.Path(path_type=Path, dir_okay=False), help="Save both sides as a stereo WAV."
    )
    @click.option("--number", help="Call from this number instead of the script's.")
    @click.option("--url", default=DEFAULT_URL, show_default=True, help="Address of the local carrier.")
    @click.option(
        "--listen", is_flag=True, help="Transcribe what the bot says instead of trusting its captions."
    )
    def call(
        file: Path, as_json: bool, record: Path | None, number: str | None, url: str, listen: bool
    ) -> None:
        """Play the scripted call in FILE against the running service.

        Exit status: 0 all as expected, 1 an expectation failed, 2 the script is wrong,
        3 no carrier answers.
        """
        console = Console(highlight=False)
        _check_number(number)
        if listen and transcribe is None:
            raise click.UsageError("--listen needs a speech recognition engine, and none is installed here")
        try:
            script = load_call_script(file)
            if not as_json:
                console.print(Text.assemble((script.name, "bold"), (f"  {file}", "dim")))
            report = run_call(
                script,
                LineOptions(url, number),
                speak,
                transcribe if listen else None,
                None if as_json else lambda moment: console.print(_line(moment)),
            )
        except (CallScriptInvalid, VoiceUnavailable) as wrong:
            click.echo(str(wrong), err=True)
            sys.exit(SCRIPT_INVALID)
        except CarrierUnreachable as unreachable:
            click.echo(str(unreachable), err=True)
            sys.exit(CARRIER_UNREACHABLE)
        if record is not None:
            report.save_recording(record)
        if as_json:
            click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
        else:
            _summarise(report, file, record, console)
        sys.exit(0 if report.is_passed else EXPECTATION_FAILED)

    return call


def _check_number(number: str | None) -> None:
    if number is not None and re.match(NUMBER, number) is None:
        raise click.UsageError(f"--number {number}: write it with the country code, such as +46701234567")


def _line(moment: Moment) -> Text:
    style = _STYLES.get(moment.who, _AGENT_STYLE)
    words = {
        "said": moment.text,
        "caption": moment.text if moment.who != "caller" else f"(understood: {moment.text})",
        "heard": f"(heard: {moment.text})",
        "keys": f"presses {' '.join(moment.text)}",
        "line": moment.text,
    }[moment.kind]
    quiet = moment.kind == "line" or (moment.kind == "caption" and moment.who == "caller")
    line = Text.assemble((f"{moment.at_s:7.2f}  ", "dim"), (f"{moment.who:<10} ", style))
    line.append(words, "dim" if quiet else "")
    if moment.prompt_id:
        line.append(f"  [{moment.prompt_id}]", "dim")
    return line


def _summarise(report: CallReport, file: Path, record: Path | None, console: Console) -> None:
    if report.turns:
        console.print(_turns(report))
    spread = report.as_json()["time_to_first_audio_ms"]
    if spread["n"]:
        console.print(
            f"Time to first audio: p50 {spread['p50']} ms, p95 {spread['p95']} ms, max {spread['max']} ms "
            f"over {spread['n']} spoken turns"
        )
    if record is not None:
        console.print(f"Recording: {record} (caller left, bot right)")
    for failure in report.failures:
        place = f"{file}:{failure.line}: " if failure.line else ""
        console.print(Text.assemble(("Failed  ", "bold red"), place, failure.message))
    if report.is_passed:
        console.print(
            Text.assemble(("Passed  ", "bold green"), f"{report.duration_s:.0f} s, call {report.call_sid}")
        )


def _turns(report: CallReport) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("at", justify="right")
    table.add_column("caller")
    table.add_column("first audio", justify="right")
    table.add_column("")
    for turn in report.turns:
        took = turn.time_to_first_audio_s
        remarks = []
        if turn.is_overlapped:
            remarks.append("the bot was still talking")
        if turn.bot_stopped_s is not None:
            remarks.append(f"the bot stopped after {1000 * turn.bot_stopped_s:.0f} ms")
        words = Text(turn.text if turn.kind == "said" else f"keys {turn.text}")
        answer = "–" if took is None else f"{1000 * took:.0f} ms"
        table.add_row(f"{turn.began_s:.2f}", words, answer, ", ".join(remarks))
    return table
