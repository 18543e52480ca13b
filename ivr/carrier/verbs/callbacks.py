"""Reading the callback attributes that several verbs share."""

from ivr.carrier.twiml.document import Verb
from ivr.carrier.twiml.script import Script


def absolute(script: Script, element: Verb, attribute: str) -> str:
    """Return a URL attribute made absolute, "" when it was not given. Raises TwimlInvalid."""
    url = element.string(attribute)
    return script.resolve(url) if url else ""


def recording_callback(script: Script, element: Verb) -> tuple[str, str, frozenset[str]] | None:
    """Read who is told about a recording: URL, method, events."""
    url = absolute(script, element, "recordingStatusCallback")
    if not url:
        return None
    return (
        url,
        element.method("recordingStatusCallbackMethod"),
        element.events("recordingStatusCallbackEvent"),
    )
