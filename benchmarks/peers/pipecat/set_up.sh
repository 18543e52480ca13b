#!/bin/sh
# Makes the peer's own environment under var/peers/pipecat: nothing of it enters the service's process.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$here/../../.." && pwd)
target="$root/var/peers/pipecat"
python3.11 -m venv "$target"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
"$target/bin/python" -c 'import importlib.metadata as m; print("pipecat-ai", m.version("pipecat-ai"))'
