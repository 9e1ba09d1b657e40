// Voice notes: recorded here for a minute at most, listened to, and sent as a file by the resumable upload. What is kept is made by the server.

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const DELAYS = [0, 1000, 3000, 5000];

class Voice {
  constructor(block) {
    this.block = block;
    this.form = block.closest("form");
    this.words = block.dataset;
    this.most = Number(block.dataset.most);
    this.starter = this.form.querySelector("[data-voice-start]");
    this.starter.hidden = false;
    this.starter.addEventListener("click", () => this.start());
    this.part("stop").addEventListener("click", () => this.stop());
    this.part("discard").addEventListener("click", () => this.discard());
  }

  part(name) { return this.block.querySelector(`[data-voice-${name}]`); }

  say(text) {
    this.block.hidden = false;
    this.part("said").textContent = text;
  }

  async start() {
    this.say("");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    } catch (error) {
      this.say(error.name === "NotFoundError" ? this.words.missing : this.words.denied);
      return;
    }
    this.pieces = [];
    this.recorder = new MediaRecorder(this.stream, { mimeType: TYPES.find((type) => MediaRecorder.isTypeSupported(type)), audioBitsPerSecond: 32000 });
    this.recorder.addEventListener("dataavailable", (event) => this.pieces.push(event.data));
    this.recorder.addEventListener("stop", () => this.stopped());
    this.recorder.start(1000);
    this.show("running");
    this.measure();
    this.began = performance.now();
    this.timer = setInterval(() => this.tick(), 100);
    this.part("stop").focus();
  }

  measure() {
    this.audio = new AudioContext();
    this.meter = this.audio.createAnalyser();
    this.meter.fftSize = 256;
    this.audio.createMediaStreamSource(this.stream).connect(this.meter);
    this.levels = new Uint8Array(this.meter.fftSize);
  }

  tick() {
    const seconds = (performance.now() - this.began) / 1000;
    this.part("time").textContent = clock(Math.min(seconds, this.most));
    this.meter.getByteTimeDomainData(this.levels);
    this.part("level").value = Math.max(...this.levels.map((each) => Math.abs(each - 128))) / 1.28;
    if (seconds >= this.most - 10 && !this.warned) {
      this.warned = true;
      this.say(this.words.soon);
    }
    if (seconds >= this.most) {
      this.stop();
      this.say(this.words.full);
    }
  }

  stop() {
    clearInterval(this.timer);
    this.warned = false;
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  stopped() {
    this.stream.getTracks().forEach((track) => track.stop());
    this.audio.close();
    this.note = new Blob(this.pieces, { type: this.recorder.mimeType });
    const preview = this.part("preview");
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.src = URL.createObjectURL(this.note);
    this.show("ready");
  }

  show(name) {
    this.block.hidden = false;
    this.part("running").hidden = name !== "running";
    this.part("ready").hidden = name !== "ready";
    this.starter.hidden = name !== "";
  }

  discard() {
    this.note = null;
    this.show("");
    this.say("");
    this.starter.focus();
  }

  // Before the message goes, its voice note does: what was sent already is not sent again.
  async send() {
    this.say(this.words.sending);
    try {
      const id = await this.upload();
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "files", value: id });
      this.form.append(field);
      this.note = null;
      this.form.requestSubmit();
    } catch {
      this.say(this.words.failed);
    }
  }

  upload() {
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const ending = this.note.type.includes("mp4") ? "m4a" : this.note.type.includes("ogg") ? "ogg" : "webm";
    return new Promise((done, fail) => {
      const sending = new window.tus.Upload(this.note, {
        endpoint: this.words.url,
        retryDelays: DELAYS,
        metadata: { filename: `${this.words.name}.${ending}`, case: this.words.case },
        headers: { "X-CSRFToken": token },
        storeFingerprintForResuming: false,
        onError: fail,
        onSuccess: () => done(sending.url.replace(/\/$/, "").split("/").pop()),
      });
      sending.start();
    });
  }
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const voices = new WeakMap();

function prepare() {
  const block = document.querySelector("#composer [data-voice]");
  if (!block || voices.has(block) || !navigator.mediaDevices || !window.MediaRecorder) return;
  voices.set(block, new Voice(block));
}

// Before htmx sends the form: a note that is still here goes first.
document.addEventListener("submit", (event) => {
  const voice = voices.get(event.target.querySelector?.("[data-voice]"));
  if (!voice?.note) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  voice.send();
}, true);

document.addEventListener("htmx:load", prepare);
prepare();
