// The studio's side of a guest: whom to invite, who is on stage, and their picture and sound mixed into what is sent.

import { Meter } from "../calls/meter.js";
import { Peer } from "../calls/peer.js";
import { Downlink } from "./guest_uplink.js";
import { Line } from "./line.js";

const TICK_MS = 1000;
const SENDS = ["on", "waiting"];

// What comes of one guest's page; a new one with each of their tries.
class Coming {
  // `welcomed`: their sound is in what is sent from now on.
  constructor({ picture, ways, attempt, rung, type, name, send, welcomed }) {
    Object.assign(this, { picture, attempt, rung, name, send, welcomed });
    this.video = Object.assign(document.createElement("video"), { playsInline: true });
    if (rung === "websocket") this.download(type);
    else this.connect(Object.values(ways).flatMap(({ ice = [] }) => ice));
  }

  connect(ice) {
    this.video.muted = true;
    this.peer = new Peer({ epoch: this.attempt, polite: false, ice, relayOnly: false, send: (body) => this.send(body), changed: () => this.arrived() });
    this.peer.use({ audio: this.picture.back.stream.getAudioTracks()[0], video: null });
    this.meter = new Meter(this.peer.pc);
  }

  // A stream is heard in WebAudio only while an element plays it.
  arrived() {
    const { stream } = this.peer;
    if (this.mixed || stream.getTracks().length < 2) return;
    this.mixed = true;
    this.video.srcObject = stream;
    this.video.play().catch(() => {});
    this.welcome(this.picture.sound.createMediaStreamSource(stream));
  }

  welcome(source) {
    this.picture.welcome(this.video, source, this.name);
    this.welcomed();
  }

  download(type) {
    this.link = new Downlink({ video: this.video, type, spoiled: () => this.send({ anew: true }) });
    this.welcome(this.picture.sound.createMediaElementSource(this.video));
  }

  heard(body) { this.peer?.heard(body); }

  took(frame) { this.link?.took(frame); }

  // Whether anything came in the last second.
  async flows() {
    if (this.meter) return (await this.meter.read().catch(() => ({}))).sounding ?? false;
    const moved = this.video.currentTime > (this.shown ?? 0);
    this.shown = this.video.currentTime;
    return moved;
  }

  close() {
    this.peer?.close();
    this.link?.close();
    this.picture.farewell();
    this.video.srcObject = null;
  }
}

export class GuestHost {
  constructor(room) {
    Object.assign(this, { room, root: document.querySelector("[data-guest]"), studio: document.querySelector("[data-studio]") });
    const { guests } = room.script;
    this.words = guests.words;
    this.buttons = Object.fromEntries([...this.root.querySelectorAll("[data-guest-do]")].map((each) => [each.dataset.guestDo, each]));
    this.buttons.remove.onclick = () => room.tell({ do: "remove", guest: this.guest.id });
    this.buttons.silence.onclick = () => this.silence(this.buttons.silence.getAttribute("aria-pressed") !== "true");
    this.studio?.addEventListener("lecture:sends", () => this.follow());
    setInterval(() => this.tick(), TICK_MS);
  }

  took(guest) {
    this.guest = guest && guest.state !== "over" ? { ...this.guest, ...guest } : null;
    this.follow();
    this.show();
  }

  get sends() { return Boolean(this.studio?.studio?.picture) && SENDS.includes(this.studio.dataset.state); }

  // There is a way to the guest while this page sends the lecture and somebody is on stage.
  follow() {
    const wanted = this.sends && this.studio.dataset.state === "on" && this.guest?.state === "on";
    if (wanted && !this.line) this.open();
    if ((!this.sends || this.guest?.state !== "on") && this.line) this.close();
  }

  open() {
    const { script } = this.room;
    this.line = new Line({ socket: script.guests.socket, ticket: script.ticket }, {
      heard: (frame) => this.heard(frame), bytes: (frame) => this.coming?.took(frame), state: (on, told) => { if (on) this.ways = told.ways; },
    });
  }

  close() {
    this.drop();
    this.line.stop();
    this.line = null;
  }

  drop() {
    this.coming?.close();
    this.coming = null;
  }

  heard({ did, body }) {
    if (did === "replaced") this.drop();
    if (did !== "signal" || !this.ways) return;
    if (body.rung) this.meet(body);
    else if (body.attempt === this.coming?.attempt) this.coming.heard(body);
  }

  meet({ attempt, rung, type }) {
    if (attempt !== this.coming?.attempt) {
      this.drop();
      const send = (body) => this.line?.ask({ do: "signal", body: { attempt, ...body } }).catch(() => {});
      this.coming = new Coming({ picture: this.studio.studio.picture, ways: this.ways, attempt, rung, type, name: this.guest.by, send, welcomed: () => this.silence(this.silenced ?? false) });
      this.silence(this.silenced ?? false);
    }
    this.coming.send({ met: true });
  }

  async tick() {
    const { coming } = this;
    if (!coming) return;
    const flows = await coming.flows();
    if (coming !== this.coming) return;
    this.there = flows;
    coming.send({ flows });
    this.show();
  }

  silence(on) {
    this.silenced = on;
    const guest = this.studio?.studio?.picture?.guest;
    if (guest) guest.volume.gain.value = on ? 0 : 1;
    this.coming?.send({ silenced: on });
    this.buttons.silence.setAttribute("aria-pressed", String(on));
  }

  show() {
    const { guest, words, buttons } = this;
    this.root.hidden = !guest;
    if (!guest) { this.silenced = false; return; }
    const here = guest.state === "on";
    const key = here ? (this.coming ? (this.there ? "on" : "away") : "come") : "invited";
    const rung = here && this.there ? ` ${this.room.script.guests.rungs[this.coming.rung]}.` : "";
    const text = words[key].replace("{name}", guest.by ?? "") + rung;
    const told = this.root.querySelector("[data-guest-told]");
    if (told.textContent !== text) told.textContent = text;
    this.root.dataset.state = key;
    buttons.remove.textContent = here ? words.remove : words.withdraw;
    buttons.silence.hidden = !here || !this.sends;
  }
}
