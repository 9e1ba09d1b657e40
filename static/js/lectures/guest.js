// The room's page of somebody who is invited on stage: the invitation, the try of camera and microphone, and the stage.

import { openDevices } from "../calls/devices.js";
import { Level, QUIET, shown } from "../calls/level.js";
import { part } from "./parts.js";

const LOUD = 0.03;
const LOOK_MS = 100;
const HUSH_MS = 1500;  // how long the stream stays quiet after one has spoken oneself

export class Guest {
  constructor(room) {
    Object.assign(this, { room, root: document.querySelector("[data-guest]"), here: document.querySelector("[data-guest-here]") });
    this.words = room.script.guests.words;
    this.steps = [...this.root.querySelectorAll("[data-step]")];
    const does = { try: () => this.prepare(), decline: () => this.leave(), enter: () => this.enter(), leave: () => this.leave(), mic: () => this.toggle("mic", "audio"), camera: () => this.toggle("camera", "video") };
    for (const button of this.root.querySelectorAll("[data-guest-do]")) button.onclick = does[button.dataset.guestDo];
    this.agrees = this.root.querySelector("[data-agrees]");
    this.agrees.onchange = () => this.ready();
    addEventListener("pagehide", () => this.stop());
  }

  button(name) { return this.root.querySelector(`[data-guest-do="${name}"]`); }

  get player() { return document.querySelector("[data-stage] video"); }

  // What the room says of who is invited or on stage.
  took(guest) {
    this.here.hidden = guest?.state !== "on";
    this.here.textContent = guest?.state === "on" ? this.words.here.replace("{name}", guest.by) : "";
    const mine = guest?.user === this.room.script.me && guest.state !== "over" ? guest : null;
    const gone = this.guest && !mine;
    this.guest = mine;
    if (gone) this.end();
    else if (mine && !this.step) this.go("invited");
  }

  go(step) {
    this.step = step;
    this.root.hidden = !step;
    for (const each of this.steps) each.hidden = each.dataset.step !== step;
    if (step === "invited") this.root.scrollIntoView({ block: "center" });
  }

  tell(text) {
    const told = this.root.querySelector("[data-guest-told]");
    if (told.textContent !== text) told.textContent = text;
  }

  async prepare() {
    this.button("try").disabled = true;
    const { guest } = this;
    const { audio, video } = await openDevices();
    this.button("try").disabled = false;
    if (this.guest?.id !== guest.id) return void [audio, video].forEach(({ track }) => track?.stop());  // over meanwhile
    if (!audio.track) {
      video.track?.stop();
      return void this.tell(this.room.script.guests.advice[audio.cause]);
    }
    this.tracks = { audio: audio.track, video: video.track };
    for (const place of this.root.querySelectorAll("[data-own]")) place.replaceChildren(part("own"));
    for (const place of this.root.querySelectorAll("[data-preview]")) {
      place.srcObject = new MediaStream(video.track ? [video.track] : []);
      place.closest(".call-preview").toggleAttribute("data-on", Boolean(video.track));
    }
    this.tell(video.track ? this.words["no-sound"] : this.words["sound-only"]);
    this.level = new Level(audio.track);
    this.looking = setInterval(() => this.look(), LOOK_MS);
    this.go("try");
    this.ready();
  }

  look() {
    const loud = this.level.read();
    for (const meter of this.root.querySelectorAll("[data-level]")) meter.value = shown(loud);
    if (loud > QUIET && this.step === "try") this.tell(this.words.sound);
    this.hush(loud);
  }

  // Through this site one hears the stream, in which one's own words come a second later: not while one speaks.
  hush(loud) {
    if (!this.byStream) return;
    if (loud > LOUD) this.spokeAt = Date.now();
    this.player.volume = Date.now() - (this.spokeAt ?? 0) < HUSH_MS ? 0.05 : 1;
  }

  ready() { this.button("enter").disabled = !this.tracks || !this.agrees.checked; }

  async enter() {
    const { id } = this.guest;
    this.button("enter").disabled = true;
    const entered = await this.room.tell({ do: "enter", guest: id, agrees: this.agrees.checked });
    const { GuestStage } = await import("./guest_stage.js");
    if (!entered || this.guest?.id !== id) return this.ready();
    this.go("stage");
    this.stage = new GuestStage({
      script: this.room.script, tracks: this.tracks, back: (stream) => this.hear(stream),
      told: (state) => { this.root.dataset.state = state; this.tell(this.words[state]); },
      tried: (rung, cause) => this.room.tell({ do: "tried", guest: id, rung, cause }),
    });
  }

  // The lecturer's voice comes by the connection, without the stream's delay; where there is none, by the stream.
  hear(stream) {
    const voice = this.root.querySelector("[data-voice]");
    voice.srcObject = stream;
    if (stream) voice.play().catch(() => {});
    this.byStream = !stream;
    this.player.muted = Boolean(stream);
  }

  toggle(name, kind) {
    const track = this.tracks[kind];
    if (!track) return;
    track.enabled = !track.enabled;
    this.button(name).setAttribute("aria-pressed", String(!track.enabled));
  }

  async leave() {
    if (this.guest) await this.room.tell({ do: "leave", guest: this.guest.id });
    this.guest = null;
    this.end();
  }

  end() {
    const was = this.step;
    this.stop();
    if (this.player) Object.assign(this.player, { muted: false, volume: 1 });
    this.agrees.checked = false;
    this.go("");
    this.room.find("said").textContent = was === "stage" ? this.words.gone : "";
  }

  stop() {
    this.stage?.close();
    clearInterval(this.looking);
    this.level?.close();
    Object.values(this.tracks ?? {}).forEach((track) => track?.stop());
    Object.assign(this, { stage: null, tracks: null, level: null, byStream: false });
  }
}
