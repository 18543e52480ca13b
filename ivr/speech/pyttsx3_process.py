"""A process of its own around pyttsx3: it loads the GPL espeak-ng library, which may also hang.

Run as `python -m ivr.speech.pyttsx3_process`: with `--languages` it prints the languages as JSON; without,
it reads {"text", "language", "words_per_minute", "wav"} as JSON from standard input and writes the WAV.
"""

import json
import sys
import threading

import pyttsx3


def main() -> None:
    """Do the one thing asked for and end."""
    engine = pyttsx3.init("espeak")
    if sys.argv[1:] == ["--languages"]:
        voices = engine.getProperty("voices")
        print(json.dumps(sorted({code for voice in voices for code in voice.languages})))
        return
    asked = json.load(sys.stdin)
    is_written = threading.Event()
    engine.connect("finished-utterance", lambda **_: is_written.set())
    engine.setProperty("voice", asked["language"])
    engine.setProperty("rate", asked["words_per_minute"])
    engine.save_to_file(asked["text"], asked["wav"])
    engine.runAndWait()
    # pyttsx3 2.99 returns before espeak-ng's own thread has written the file; whoever started this
    # process ends it when it takes too long.
    is_written.wait()


if __name__ == "__main__":
    main()
