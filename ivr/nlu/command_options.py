"""Options that several commands of `ivr nlu` share."""

import click

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
