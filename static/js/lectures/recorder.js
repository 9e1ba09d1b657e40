// What the studio sends: camera, microphone and screen on one canvas, recorded, and sent piece by piece. A piece is kept
// until the server has taken it: a broken line costs viewers a moment and the recording nothing.

const TYPES = ["video/webm;codecs=h264,opus", "video/webm;codecs=avc1.42E01F,opus", "video/webm;codecs=vp8,opus", "video/mp4;codecs=avc1.42E01F,mp4a.40.2"];
const [WIDTH, HEIGHT, FRAMES, PIECE_MS] = [1280, 720, 25, 100];
const MOST = 48 * 1024;  // bytes of a frame
const BREAKS = 3;
const KEPT = 400;  // pieces not taken yet; more is given up, and the recording begins anew

export const mediaType = () => TYPES.find((type) => window.MediaRecorder?.isTypeSupported?.(type)) ?? "";

export class Picture {
  constructor(canvas) {
    Object.assign(canvas, { width: WIDTH, height: HEIGHT });
    Object.assign(this, { canvas, pen: canvas.getContext("2d", { alpha: false }), sound: new AudioContext() });
    this.mixed = this.sound.createMediaStreamDestination();
    this.back = this.sound.createMediaStreamDestination();  // all but the guest: what the guest hears
    this.camera = this.element();
    this.screen = this.element();
    this.drawing = setInterval(() => this.draw(), 1000 / FRAMES);
  }

  element() { return Object.assign(document.createElement("video"), { muted: true, playsInline: true }); }

  async open() {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: WIDTH, height: HEIGHT, frameRate: FRAMES }, audio: { echoCancellation: true, noiseSuppression: true } });
    this.camera.srcObject = stream;
    this.voice = this.sound.createGain();
    this.sound.createMediaStreamSource(stream).connect(this.voice);
    this.heard(this.voice);
    await Promise.all([this.camera.play(), this.sound.resume()]);
  }

  async share(ended) {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: FRAMES }, audio: true });
    this.screen.srcObject = stream;
    if (stream.getAudioTracks().length) this.heard(this.sound.createMediaStreamSource(stream));
    stream.getVideoTracks()[0].addEventListener("ended", () => { this.unshare(); ended(); });
    await this.screen.play();
  }

  unshare() {
    this.screen.srcObject?.getTracks().forEach((track) => track.stop());
    this.screen.srcObject = null;
  }

  // By viewers and by the guest.
  heard(source) { for (const place of [this.mixed, this.back]) source.connect(place); }

  // A guest beside the lecturer: seen by viewers, heard by them and by the lecturer.
  welcome(video, source, name) {
    this.farewell();
    const volume = this.sound.createGain();
    source.connect(volume);
    for (const place of [this.mixed, this.sound.destination]) volume.connect(place);
    this.guest = { video, source, volume, name };
  }

  farewell() {
    this.guest?.source.disconnect();
    this.guest?.volume.disconnect();
    this.guest = null;
  }

  mute(on) { if (this.voice) this.voice.gain.value = on ? 0 : 1; }

  get stream() { return new MediaStream([...this.canvas.captureStream(FRAMES).getVideoTracks(), ...this.mixed.stream.getAudioTracks()]); }

  // The screen fills the picture with the camera and the guest in its corner; without a screen they stand side by side.
  draw() {
    this.pen.fillRect(0, 0, WIDTH, HEIGHT);
    const others = [this.camera, this.guest?.video].filter((video) => video?.videoWidth);
    if (this.screen.srcObject) {
      this.place(this.screen, 0, 0, WIDTH, HEIGHT);
      others.forEach((video, at) => this.place(video, WIDTH - 260, HEIGHT - 150 * (at + 1), 250, 140));
    } else others.forEach((video, at) => this.place(video, (WIDTH / others.length) * at, 0, WIDTH / others.length, HEIGHT));
    if (this.guest) this.label(this.guest.name);
    this.stamp?.(this.pen);
  }

  label(name) {
    this.pen.save();
    Object.assign(this.pen, { font: "600 26px system-ui, sans-serif", textAlign: "right", textBaseline: "top" });
    const wide = this.pen.measureText(name).width;
    this.pen.fillStyle = "#000a";
    this.pen.fillRect(WIDTH - wide - 32, 8, wide + 24, 40);
    this.pen.fillStyle = "#fff";
    this.pen.fillText(name, WIDTH - 20, 14);
    this.pen.restore();
  }

  place(video, left, top, wide, high) {
    if (!video.videoWidth) return;
    const scale = Math.min(wide / video.videoWidth, high / video.videoHeight);
    const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
    this.pen.drawImage(video, left + (wide - w) / 2, top + (high - h) / 2, w, h);
  }
}

export class Publisher {
  // `told`: on, waiting, off, or why it ended (replaced, stage-taken, ...).
  constructor({ address, stream, told }) { Object.assign(this, { address, stream, told, tries: 0, pieces: [], first: 0 }); }

  begin(takesOver = false) {
    this.takesOver = takesOver;
    this.wanted = true;
    this.record();
    this.connect();
  }

  // A new start has a name of its own, and its pieces count from zero.
  record() {
    this.stopRecorder();
    Object.assign(this, { name: crypto.randomUUID(), pieces: [], first: 0, sent: 0, type: mediaType() });
    const recorder = new MediaRecorder(this.stream, { mimeType: this.type, videoBitsPerSecond: 1_500_000, audioBitsPerSecond: 64_000, videoKeyFrameIntervalDuration: 1000 });
    this.recorder = recorder;
    this.arriving = Promise.resolve();
    recorder.ondataavailable = ({ data }) => { this.arriving = this.arriving.then(() => this.took(recorder, data)); };
    recorder.start(PIECE_MS);
  }

  async took(recorder, blob) {
    const data = new Uint8Array(await blob.arrayBuffer());
    if (recorder !== this.recorder) return;
    for (let at = 0; at < data.length; at += MOST) this.pieces.push(data.subarray(at, at + MOST));
    if (this.pieces.length > KEPT * 5) this.anew();
    this.flush();
  }

  connect() {
    this.told("waiting");
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${this.address}`);
    this.socket = socket;
    this.ready = false;
    socket.onopen = () => this.ask();
    socket.onmessage = ({ data }) => this.heard(JSON.parse(data));
    socket.onclose = () => {
      this.ready = false;
      if (!this.wanted || socket !== this.socket) return;
      this.told("waiting");
      this.tries = Math.min(this.tries + 1, 4);
      setTimeout(() => { if (this.wanted) this.connect(); }, Math.random() * 500 * 2 ** this.tries);
    };
  }

  ask() {
    this.socket.send(JSON.stringify({ do: "publish", id: 1, type: this.type, recorder: this.name, from: this.first, takes_over: this.takesOver }));
  }

  heard(frame) {
    if (frame.did === "taken") this.taken(frame.next);
    else if (frame.did === "over") this.over(frame.why);
    else if (frame.re === 1) this.answered(frame);
  }

  answered({ code, next, run }) {
    if (code === "begin-anew") { this.anew(); return; }
    if (code) { this.end(code); return; }
    Object.assign(this, { ready: true, tries: 0, takesOver: false, sent: next });
    this.taken(next);
    this.told("on", run);
    this.flush();
  }

  taken(next) {
    this.pieces.splice(0, Math.max(0, next - this.first));
    this.first = Math.max(this.first, next);
  }

  flush() {
    while (this.ready && this.sent < this.first + this.pieces.length) {
      const piece = this.pieces[this.sent - this.first];
      const frame = new Uint8Array(4 + piece.length);
      new DataView(frame.buffer).setUint32(0, this.sent);
      frame.set(piece, 4);
      this.socket.send(frame);
      this.sent += 1;
    }
  }

  // ffmpeg ended, or we came back too late: once more from a new start. Somebody else has the stage: that is it.
  over(why) {
    this.ready = false;
    if (!this.wanted) return;
    if (why === "replaced") this.end(why);
    else this.pause();
  }

  // What breaks at once would go round for ever: each time later, and after a few within a minute it is said.
  pause() {
    const now = Date.now();
    this.breaks = [...(this.breaks ?? []).filter((at) => now - at < 60_000), now];
    if (this.breaks.length > BREAKS) return void this.end("broken");
    this.told("waiting");
    setTimeout(() => { if (this.wanted) this.anew(); }, 250 * 2 ** this.breaks.length);
  }

  // From a new start, which the server has to hear of first.
  anew() {
    this.record();
    this.ready = false;
    if (this.socket?.readyState === WebSocket.OPEN) this.ask();
  }

  end(why = "off") {
    this.wanted = false;
    this.stopRecorder();
    if (why === "off" && this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ do: "stop", id: 2 }));
    setTimeout(() => this.socket?.close(), 500);
    this.told(why);
  }

  stopRecorder() {
    if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
  }
}
