// The phone wire: signalling as JSON text, audio as binary frames of 160 bytes.

const AGAIN_MS = 2000;

/**
 * One phone on the local network. Fires "event" (detail: what the carrier said), "audio" (detail: Uint8Array),
 * "plugged" and "unplugged"; connects again by itself.
 */
export class PhoneLine extends EventTarget {
  constructor(number) {
    super();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.address = `${scheme}://${location.host}/phones/${encodeURIComponent(number)}`;
    this.plugIn();
  }

  plugIn() {
    this.socket = new WebSocket(this.address);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.fire("plugged");
    this.socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.fire("event", JSON.parse(data));
      else this.fire("audio", new Uint8Array(data));
    };
    this.socket.onclose = () => {
      this.fire("unplugged");
      setTimeout(() => this.plugIn(), AGAIN_MS);
    };
  }

  tell(what) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(what));
  }

  sendAudio(frame) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
