// A call's page: who is there, their pictures and sound, the ladder, and the buttons. It keeps nothing in the browser.
//
// Other modules may listen on the document: "call:people" ({people, inside}), "call:stream" ({id, role, stream, video} of
// each other person, and again when it changes), "call:rung" ({rung, cause}) and "call:over"; and read `call` here.

import { countCameras, openCamera, openDevices, openScreen, otherCamera } from "./devices.js";
import { Ladder, RUNGS, startingRung } from "./ladder.js";
import { Line } from "./line.js";
import { Meter } from "./meter.js";
import { Peer } from "./peer.js";
import { Stills } from "./stills.js";
import { Tile } from "./tiles.js";
import { csrf, Told } from "./told.js";

const TICK_MS = 1000;
const AWAKE_MS = 120000;
const LOUD = 0.02;
const root = document.querySelector("[data-call]");
const script = JSON.parse(document.getElementById("call-script").textContent);
const { words } = script;
const find = (selector) => document.querySelector(selector);
const button = (name) => find(`[data-do="${name}"]`);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const announce = (name, detail) => document.dispatchEvent(new CustomEvent(`call:${name}`, { detail }));

export class Call {
  constructor() {
    this.me = root.dataset.call;
    this.people = [];
    this.peers = new Map();
    this.tiles = new Map();
    this.own = new MediaStream();
    this.tracks = { audio: null, video: null };
    this.muted = { mic: false, camera: false };
    this.told = new Told(script.ladder);
    this.line = new Line(script.socket);
    this.stills = new Stills({ address: script.still, token: csrf(), video: this.mine().video });
    const hears = { hello: "welcomed", people: "gathered", letter: "took", over: "over", cut: "lineCut", back: "lineBack" };
    for (const [name, method] of Object.entries(hears)) this.line.addEventListener(name, ({ detail }) => this[method](detail));
    setInterval(() => this.tick(), TICK_MS);
    this.wire();
  }

  async start() {
    const { audio, video } = await openDevices();
    this.causes = { microphone: audio.cause, camera: video.cause };
    this.use({ audio: audio.track, video: video.track });
    const start = startingRung({ camera: video.cause, microphone: audio.cause, connections: "RTCPeerConnection" in window });
    Object.assign(this, { best: start.rung, falls: start.falls });
    this.ladder = new Ladder(start.rung, Date.now());
    this.showDevices();
    this.line.say({ mic: !!audio.track, camera: !!video.track, rung: start.rung, screen: false });
    this.line.connect();
    this.stayAwake();
  }

  // -- what is heard of the others ------------------------------------------------------------------------------

  welcomed({ ice }) { this.ice = ice; }

  gathered({ people, inside, host }) {
    this.people = people.filter((one) => one.inside && one.id !== this.me);
    this.showDoor(host ? people.filter((one) => !one.inside) : []);
    find("[data-wait]").hidden = inside;
    find("[data-floor]").hidden = !inside;
    this.inside = inside;
    if (button("side")) button("side").hidden = !inside;
    if (!inside) { this.preview(); return; }
    this.place = people.find((one) => one.id === this.me)?.place;
    for (const [id] of this.peers) if (!this.people.some((one) => one.id === id)) this.drop(id);
    this.people.forEach((one) => this.meet(one));
    this.arrange();
    this.begin();
    announce("people", { people, inside });
  }

  // Their page is known by its epoch: a page that was loaded anew is met anew.
  meet(one) {
    if (!one.epoch || !this.ice || !("RTCPeerConnection" in window)) return;
    const known = this.peers.get(one.id);
    if (known?.epoch === one.epoch) return;
    this.connect(one.id, one.epoch, one.place);
  }

  connect(id, epoch, place) {
    this.drop(id);
    const peer = new Peer({
      epoch, polite: this.place > place, ice: this.ice, relayOnly: script.relayOnly,
      send: (body) => this.line.letter(id, body), changed: () => this.changed(id),
    });
    peer.meter = new Meter(peer.pc);
    this.peers.set(id, peer);
    peer.use(this.sent());
    return peer;
  }

  took({ from, epoch, body }) {
    const one = this.people.find(({ id }) => id === from);
    if (!one || !this.ice) return;
    const known = this.peers.get(from);
    const peer = known?.epoch === epoch ? known : this.connect(from, epoch, one.place);
    peer.heard(body);
  }

  drop(id) {
    this.peers.get(id)?.close();
    this.peers.delete(id);
  }

  changed(id) {
    const one = this.people.find((each) => each.id === id);
    if (one) this.show(one);
  }

  // -- the line --------------------------------------------------------------------------------------------------

  lineCut() { this.say(words.lineLost); }

  lineBack() { this.say(words.lineBack); }

  over() {
    announce("over", {});
    for (const id of [...this.peers.keys()]) this.drop(id);
    this.stills.stop();
    Object.values(this.tracks).forEach((track) => track?.stop());
    location.assign(script.here);
  }

  // -- the ladder ------------------------------------------------------------------------------------------------

  // The first try begins when somebody else is there; what the devices do not allow is noted as tried.
  begin() {
    if (this.begun || !this.people.some((one) => one.here)) return;
    this.begun = true;
    for (const [rung, cause] of this.falls) { this.told.begin(rung); this.told.end(cause); }
    this.ladder.go(this.best, Date.now());
    this.told.begin(this.best);
    const [, cause] = this.falls.at(-1) ?? [];
    this.onRung(cause);
  }

  go(rung, cause) {
    const now = Date.now();
    this.told.end(cause, this.ladder.numbers(now));
    this.ladder.go(rung, now);
    this.told.begin(rung);
    if (rung === "written") this.ladder.held = true;
    this.onRung(cause);
  }

  onRung(cause) {
    const { rung } = this.ladder;
    if (rung === "stills" && this.tracks.video) this.stills.start();
    else this.stills.stop();
    for (const peer of this.peers.values()) peer.use(this.sent());
    this.line.say({ rung });
    find("[data-written]").hidden = rung !== "written";
    const shown = find("[data-rung-shown]");
    shown.hidden = false;
    shown.textContent = script.rungs[rung];
    shown.toggleAttribute("data-low", rung !== "video");
    button("up").hidden = rung === "video";
    if (cause && cause !== "chosen") this.say(fill(words.fell, { cause: script.causes[cause], rung: script.rungs[rung] }));
    this.arrange();
    announce("rung", { rung, cause });
  }

  // A person steps up again: from where the devices allow.
  async up() {
    if (!this.tracks.video) {
      const { track, cause } = await openCamera("user");
      if (track) this.use({ video: track });
      this.causes.camera = cause;
      this.showDevices();
    }
    const { rung } = startingRung({ camera: this.causes.camera, microphone: this.causes.microphone, connections: "RTCPeerConnection" in window });
    if (RUNGS.indexOf(rung) >= RUNGS.indexOf(this.ladder.rung)) return void this.say(fill(words.fell, { cause: script.causes[this.causes.camera || "network_blocked"], rung: script.rungs[this.ladder.rung] }));
    for (const one of this.people) if (!this.peers.get(one.id)?.connected && one.epoch) this.peers.get(one.id)?.restart();
    this.go(rung, "chosen");
    this.say(fill(words.climbed, { rung: script.rungs[rung] }));
  }

  async tick() {
    if (!this.inside || !this.ladder) return;
    const peers = [...this.peers.values()];
    const open = peers.filter((peer) => peer.connected);
    const read = await Promise.all(open.map((peer) => peer.meter.read().catch(() => null)));
    read.forEach((one, at) => { open[at].last = one; });
    this.people.forEach((one) => this.tiles.get(one.id)?.speaks((this.peers.get(one.id)?.last?.level ?? 0) > LOUD));
    if (!this.begun) return;
    const decision = this.ladder.weigh(this.sample(peers, open, read.filter(Boolean)), Date.now());
    if (decision?.held) this.told.hold();
    else if (decision?.rung) this.go(decision.rung, decision.cause);
  }

  sample(peers, open, read) {
    const { rung } = this.ladder;
    const due = open.some((peer) => this.person(peer)?.camera && this.person(peer)?.rung === "video");
    const moving = read.some((one) => one.moving);
    const flows = { video: moving || read.some((one) => one.sending), audio: read.some((one) => one.sounding), stills: this.stillSent || this.people.some((one) => one.still) };
    this.stills.gone = () => { this.stillSent = true; };
    return {
      peers: this.people.filter((one) => one.here).length,
      connected: open.length,
      failed: peers.length > 0 && peers.every((peer) => peer.failed),
      flows: flows[rung],
      camera: !!this.tracks.video,
      loss: Math.max(0, ...read.map((one) => one.loss)),
      kbps: read.map((one) => one.kbps).find((kbps) => kbps !== null) ?? null,
      frozen: due && !moving,
    };
  }

  person(peer) { return this.people.find(({ id }) => this.peers.get(id) === peer); }

  // -- one's own media -------------------------------------------------------------------------------------------

  use(tracks) {
    for (const [kind, track] of Object.entries(tracks)) {
      const old = this.tracks[kind];
      if (old) { this.own.removeTrack(old); old.stop(); }
      if (track) {
        this.own.addTrack(track);
        track.enabled = !this.muted[kind === "audio" ? "mic" : "camera"];
        track.onended = () => this.lost(kind, track);
      }
      this.tracks[kind] = track;
    }
    for (const peer of this.peers.values()) peer.use(this.sent());
    this.arrange();
  }

  // A device was pulled out, or taken by another program.
  lost(kind, track) {
    if (this.tracks[kind] !== track) return;
    const cause = kind === "video" ? "no_camera" : "no_microphone";
    this.causes[kind === "video" ? "camera" : "microphone"] = cause;
    this.use({ [kind]: null });
    this.showDevices();
    if (kind === "video" && this.begun && this.ladder.rung === "video") this.go("audio", cause);
  }

  // What goes to the others at this rung: the screen goes where the camera would.
  sent() {
    const video = this.ladder?.rung === "video" || this.screen ? this.screen ?? this.tracks.video : null;
    return { audio: this.tracks.audio, video };
  }

  mine() {
    if (!this.tiles.has(this.me)) this.tiles.set(this.me, new Tile(this.me, true));
    return this.tiles.get(this.me);
  }

  showDevices() {
    const mic = button("mic");
    const camera = button("camera");
    mic.disabled = !this.tracks.audio;
    camera.disabled = !this.tracks.video;
    mic.setAttribute("aria-pressed", String(!!this.tracks.audio && !this.muted.mic));
    camera.setAttribute("aria-pressed", String(!!this.tracks.video && !this.muted.camera));
    button("screen").hidden = !navigator.mediaDevices?.getDisplayMedia;
    countCameras().then((count) => { button("turn").hidden = count < 2 || !this.tracks.video; });
    this.preview();
  }

  preview() {
    const video = find("[data-preview]");
    if (!video) return;
    if (video.srcObject !== this.own) video.srcObject = this.own;
    video.closest(".call-preview").toggleAttribute("data-on", !!this.tracks.video);
  }

  toggle(name, kind) {
    this.muted[name] = !this.muted[name];
    if (this.tracks[kind]) this.tracks[kind].enabled = !this.muted[name];
    this.line.say({ [name]: !!this.tracks[kind] && !this.muted[name] });
    this.showDevices();
    this.arrange();
  }

  async turn() {
    const found = await otherCamera(this.tracks.video);
    if (found?.track) this.use({ video: found.track });
    else if (found) this.lost("video", this.tracks.video);
  }

  async share() {
    if (this.screen) { this.unshare(); return; }
    this.screen = await openScreen();
    if (!this.screen) return;
    this.screen.onended = () => this.unshare();
    this.shared();
  }

  unshare() {
    this.screen?.stop();
    this.screen = undefined;
    this.shared();
  }

  shared() {
    button("screen").setAttribute("aria-pressed", String(!!this.screen));
    for (const peer of this.peers.values()) peer.use(this.sent());
    this.line.say({ screen: !!this.screen });
    this.arrange();
  }

  // -- what is shown ---------------------------------------------------------------------------------------------

  arrange() {
    const place = find("[data-tiles]");
    const mine = this.mine();
    mine.say({ name: words.you, role: "", state: "", muted: this.muted.mic || !this.tracks.audio });
    mine.root.toggleAttribute("data-screen", !!this.screen);
    mine.play(this.screen ? new MediaStream([this.screen]) : this.own, !!this.screen || (!!this.tracks.video && !this.muted.camera));
    for (const [id, tile] of this.tiles) if (id !== this.me && !this.people.some((one) => one.id === id)) { tile.root.remove(); this.tiles.delete(id); }
    this.people.forEach((one) => {
      if (!this.tiles.has(one.id)) this.tiles.set(one.id, new Tile(one.id));
      this.show(one);
    });
    const wanted = [...this.people.map((one) => this.tiles.get(one.id).root), mine.root];
    if (wanted.some((tile, at) => place.children[at] !== tile)) place.replaceChildren(...wanted);
    place.dataset.count = String(wanted.length);
    if (this.inside && !this.people.length) this.say(words.alone);
    else if (find("[data-said]").textContent === words.alone) this.say("");
    this.stage();
  }

  show(one) {
    const tile = this.tiles.get(one.id);
    if (!tile) return;
    const peer = this.peers.get(one.id);
    const picture = !!peer?.connected && (one.screen || (one.camera && one.rung === "video"));
    tile.showStill(!picture && one.still ? `${script.stills.replace("ID", one.id)}?${one.still}` : "");
    tile.root.toggleAttribute("data-screen", !!one.screen);
    tile.play(peer?.stream ?? null, picture);
    tile.say({ name: one.name || script.roles[one.role], role: one.name ? script.roles[one.role] : "", state: this.stateOf(one, peer), muted: one.mic === false });
    announce("stream", { id: one.id, role: one.role, stream: peer?.stream ?? null, video: tile.video });
  }

  stateOf(one, peer) {
    if (!one.here) return words.cutOff;
    if (one.screen) return "";
    if (one.rung && one.rung !== "video") return script.rungs[one.rung];
    if (peer && !peer.connected && this.ladder && ["video", "audio"].includes(this.ladder.rung)) return words.connecting;
    return one.camera === false ? words.noCamera : "";
  }

  showDoor(waiting) {
    const door = find("[data-door]");
    const template = document.getElementById("call-waiter");
    const ids = waiting.map(({ id }) => id).join();
    door.hidden = !waiting.length;
    if (door.dataset.ids === ids) return;
    door.dataset.ids = ids;
    door.replaceChildren(...waiting.map((one) => {
      const item = template.content.firstElementChild.cloneNode(true);
      item.querySelector("[data-words]").textContent = fill(words.waits, { name: one.name || script.roles[one.role] });
      item.querySelector("[data-admit]").onclick = () => this.post(script.admit.replace("ID", one.id));
      item.querySelector("[data-send-out]").onclick = () => this.post(script.sendOut.replace("ID", one.id));
      return item;
    }));
  }

  async post(address) {
    try {
      const reply = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf() } });
      if (!reply.ok) this.say(words.failed);
    } catch { this.say(words.failed); }
  }

  say(text) { find("[data-said]").textContent = text; }

  // -- a picture of the case, looked at together -----------------------------------------------------------------

  side(open) {
    const side = find("[data-side]");
    if (!side) return;
    side.hidden = !open;
    button("side").setAttribute("aria-pressed", String(open));
  }

  stage() {
    const shower = this.people.find((one) => one.stage);
    const file = shower?.stage.file;
    if (!find("[data-side]") || !file || file === this.file) return;
    this.say(fill(words.shows, { name: shower.name }));
    this.side(true);
    if (!find("[data-chosen]")) button("side").dispatchEvent(new Event("click"));
    this.open(file);
  }

  // Files' own viewer, with the pointer that all who have the case open share.
  async open(file) {
    this.file = file;
    const place = await this.picturePlace();
    if (!place || this.file !== file) return;
    await htmx.ajax("GET", script.picture.replace("ID", file), { target: place, swap: "innerHTML" });
    document.querySelectorAll("[data-show]").forEach((one) => one.toggleAttribute("aria-current", one.dataset.show === file));
  }

  async picturePlace() {
    for (let tries = 0; tries < 50; tries += 1) {
      const place = find("[data-chosen]");
      if (place) return place;
      await new Promise((done) => { setTimeout(done, 100); });
    }
    return null;
  }

  // -- buttons ---------------------------------------------------------------------------------------------------

  wire() {
    const does = {
      mic: () => this.toggle("mic", "audio"), camera: () => this.toggle("camera", "video"), turn: () => this.turn(),
      screen: () => this.share(), up: () => this.up(),
      side: (event) => { if (event.isTrusted) this.side(find("[data-side]").hidden); },
    };
    for (const [name, act] of Object.entries(does)) button(name)?.addEventListener("click", act);
    document.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-show]");
      if (!choice) return;
      this.line.say({ stage: { file: choice.dataset.show, frame: 1 } });
      this.open(choice.dataset.show);
    });
  }

  // A screen that is looked at must not go dark, nor a shared desktop lock, for nobody types during a call.
  async stayAwake() {
    if (script.awake) setInterval(() => fetch(script.awake, { method: "POST", headers: { "X-CSRFToken": csrf() } }).catch(() => {}), AWAKE_MS);
    const ask = () => navigator.wakeLock?.request("screen").catch(() => {});
    document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
    await ask();
  }
}

export const call = new Call();
globalThis.theCall = call;
call.start();
