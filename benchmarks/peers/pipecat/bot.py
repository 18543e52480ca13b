"""A Pipecat bot on the wire of a Twilio media stream that answers every turn with one fixed sentence.

Runs in the peer's own environment (`set_up.sh`) and shares nothing with the service but files: the
Whisper model and the WAV that it says. Row "defaults" is what Pipecat's own project template builds;
row "tuned" ends turns by Pipecat's plain speech timeout and trusts recognition to take 0.3 s.
"""

import argparse
import asyncio
import json
import time
import wave
from collections.abc import AsyncGenerator
from pathlib import Path

import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

RATE_HZ = 8000
# Pipecat hands Whisper the pipeline's samples as they are, and Whisper takes them for 16 kHz; with its
# telephony template's 8000 it understands next to nothing. The serializer converts the line's 8 kHz.
HEARING_RATE_HZ = 16000
REPLY = "Thank you, I have noted that."
TUNED_TTFS_P99_S = 0.3


class FixedReply(FrameProcessor):
    """Stands where the language model would: one sentence, at once."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a finished user turn; pass everything else on."""
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        await self.push_frame(LLMTextFrame(REPLY))
        await self.push_frame(LLMFullResponseEndFrame())


class RenderedVoice(TTSService):
    """Says the sentence that was rendered beforehand, whatever the text: synthesis costs nothing."""

    def __init__(self, pcm: bytes) -> None:
        settings = TTSSettings(model=None, voice=None, language=None)
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=settings)
        self._pcm = pcm

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        """Yield the whole sentence as one frame; the transport paces it."""
        yield TTSAudioRawFrame(self._pcm, RATE_HZ, 1, context_id=context_id)


class HeardLog(FrameProcessor):
    """Writes down what was recognised, so that the benchmark knows which turns were lost."""

    def __init__(self, call_sid: str, file: Path) -> None:
        super().__init__()
        self._call_sid = call_sid
        self._file = file

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Note transcriptions; pass everything on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            row = {"call_sid": self._call_sid, "text": frame.text.strip(), "at": time.time()}
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(row) + "\n")
        await self.push_frame(frame, direction)


def recogniser(model: Path, is_tuned: bool, compute_type: str) -> WhisperSTTService:
    """Return Pipecat's own Whisper service on a model that is already on disk."""
    options = {"ttfs_p99_latency": TUNED_TTFS_P99_S} if is_tuned else {}
    settings = WhisperSTTService.Settings(model=str(model))
    return WhisperSTTService(device="cpu", compute_type=compute_type, settings=settings, **options)


def turn_taking(is_tuned: bool) -> LLMUserAggregatorParams:
    """Return the template's turn taking (Silero and Smart Turn v3), or the plain timeout."""
    if not is_tuned:
        return LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    strategies = UserTurnStrategies(stop=[SpeechTimeoutUserTurnStopStrategy()])
    return LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer(), user_turn_strategies=strategies)


async def converse(socket: WebSocket, chosen: argparse.Namespace, pcm: bytes) -> None:
    """Carry one call from its start frame to its end."""
    await socket.accept()
    start = {}
    while start.get("event") != "start":
        start = json.loads(await socket.receive_text())
    serializer = TwilioFrameSerializer(
        stream_sid=start["start"]["streamSid"],
        call_sid=start["start"]["callSid"],
        params=TwilioFrameSerializer.InputParams(auto_hang_up=False),
    )
    transport = FastAPIWebsocketTransport(
        websocket=socket,
        params=FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, add_wav_header=False, serializer=serializer
        ),
    )
    is_tuned = chosen.row == "tuned"
    # The model loads while no other call is served: loading blocks the event loop.
    recogniser_here = recogniser(chosen.model, is_tuned, chosen.compute_type)
    context = LLMContextAggregatorPair(LLMContext(), user_params=turn_taking(is_tuned))
    pipeline = Pipeline(
        [
            transport.input(),
            recogniser_here,
            HeardLog(start["start"]["callSid"], chosen.heard),
            context.user(),
            FixedReply(),
            RenderedVoice(pcm),
            transport.output(),
            context.assistant(),
        ]
    )
    rates = PipelineParams(audio_in_sample_rate=HEARING_RATE_HZ, audio_out_sample_rate=RATE_HZ)
    worker = PipelineWorker(pipeline, params=rates)

    @transport.event_handler("on_client_connected")
    async def greet(_transport: object, _client: object) -> None:
        await worker.queue_frames([TTSSpeakFrame("Hello.")])

    @transport.event_handler("on_client_disconnected")
    async def leave(_transport: object, _client: object) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def read_pcm(file: Path) -> bytes:
    """Return the samples of a mono 16-bit WAV at 8 kHz."""
    with wave.open(str(file)) as sound:
        if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE_HZ, 1, 2):
            raise SystemExit(f"{file} is not 16-bit mono at {RATE_HZ} Hz")
        return sound.readframes(sound.getnframes())


def main() -> None:
    """Serve calls until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--row", choices=["defaults", "tuned"], default="defaults")
    parser.add_argument("--compute-type", default="default")
    parser.add_argument("--model", type=Path, required=True, help="folder of a CTranslate2 Whisper model")
    parser.add_argument("--reply", type=Path, required=True, help="WAV that is said on every turn")
    parser.add_argument("--heard", type=Path, required=True, help="file for what was recognised")
    chosen = parser.parse_args()
    logger.remove()
    pcm = read_pcm(chosen.reply)
    app = FastAPI()

    @app.websocket("/voice/media")
    async def media(socket: WebSocket) -> None:
        await converse(socket, chosen, pcm)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    asyncio.run(
        uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=chosen.port, log_level="warning")).serve()
    )


if __name__ == "__main__":
    main()
