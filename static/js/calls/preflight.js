// Trying camera, microphone, speaker and network, one after another; what was found is kept for the measures.

import { openDevices } from "./devices.js";
import { startingRung } from "./ladder.js";
import { Level, QUIET, shown } from "./level.js";
import { csrf } from "./told.js";

const LISTEN_MS = 2500;
const GATHER_MS = 6000;
const UP_BYTES = 150000;
const SLOW_KBPS = 150;
const script = JSON.parse(document.getElementById("preflight-script").textContent);
const { words, advice } = script;
const find = (selector) => document.querySelector(selector);
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

function show(name, state, text) {
  const row = find(`[data-check="${name}"]`);
  row.dataset.state = state;
  row.querySelector("[data-words]").textContent = text;
  return row;
}

async function camera({ track, cause }) {
  if (!track) { show("camera", "bad", advice[cause]); return; }
  find("[data-preview]").srcObject = new MediaStream([track]);
  find(".call-preview").toggleAttribute("data-on", true);
  show("camera", "good", words.works);
}

// Whether it hears anything while one speaks.
async function microphone({ track, cause }) {
  if (!track) { show("microphone", "bad", advice[cause]); return; }
  const level = show("microphone", "trying", words.trying).querySelector("[data-level]");
  level.hidden = false;
  const hears = new Level(track);
  let loudest = 0;
  for (const until = Date.now() + LISTEN_MS; Date.now() < until; await wait(60)) {
    const loud = hears.read();
    loudest = Math.max(loudest, loud);
    level.value = shown(loud);
  }
  hears.close();
  show("microphone", loudest > QUIET ? "good" : "bad", loudest > QUIET ? words.heard : words.quiet);
}

function tone() {
  const context = new AudioContext();
  const voice = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = 0.2;
  voice.frequency.value = 523;
  voice.connect(volume).connect(context.destination);
  voice.start();
  voice.stop(context.currentTime + 1);
  voice.onended = () => context.close();
}

// Two connections of this page to each other: directly, and by the relay alone.
async function canConnect(policy) {
  if (!("RTCPeerConnection" in window)) return false;
  const pair = [0, 1].map(() => new RTCPeerConnection({ iceServers: script.ice, iceTransportPolicy: policy }));
  pair.forEach((pc, at) => { pc.onicecandidate = ({ candidate }) => { if (candidate) pair[1 - at].addIceCandidate(candidate).catch(() => {}); }; });
  try {
    const channel = pair[0].createDataChannel("try");
    const opened = new Promise((done) => { channel.onopen = () => done(true); });
    await pair[0].setLocalDescription();
    await pair[1].setRemoteDescription(pair[0].localDescription);
    await pair[1].setLocalDescription();
    await pair[0].setRemoteDescription(pair[1].localDescription);
    return await Promise.race([opened, wait(GATHER_MS).then(() => false)]);
  } catch {
    return false;
  } finally {
    pair.forEach((pc) => pc.close());
  }
}

// Milliseconds there and back, and what goes up, to this site itself.
async function speed() {
  const ask = async (bytes) => {
    const began = performance.now();
    const reply = await fetch(script.echo, { method: "POST", body: new Uint8Array(bytes), headers: { "X-CSRFToken": csrf() } });
    if (!reply.ok) throw new Error(String(reply.status));
    return performance.now() - began;
  };
  try {
    const rtt = await ask(1);
    const took = await ask(UP_BYTES);
    return { rtt_ms: Math.round(rtt), up_kbps: Math.round((UP_BYTES * 8) / Math.max(1, took - rtt)) };
  } catch {
    return null;
  }
}

async function network() {
  show("network", "trying", words.trying);
  const [direct, relay, measured] = [await canConnect("all"), script.relay && await canConnect("relay"), await speed()];
  const way = relay ? "relay" : direct ? "direct" : measured ? "server" : "none";
  const slow = measured && measured.up_kbps < SLOW_KBPS;
  const figures = measured ? words.speed.replace("{kbps}", measured.up_kbps).replace("{rtt}", measured.rtt_ms) : "";
  show("network", ["direct", "relay"].includes(way) && !slow ? "good" : "bad", `${words[way]} ${figures}`);
  return { way, slow, measured };
}

async function begin() {
  const start = find("[data-begin]");
  start.disabled = true;
  find(".call-preview").hidden = false;
  for (const name of ["camera", "microphone", "network"]) show(name, "trying", words.trying);
  const { audio, video } = await openDevices();
  await camera(video);
  const row = show("speaker", "trying", words.tone);
  row.querySelector("[data-asks]").hidden = false;
  tone();
  const [, found] = await Promise.all([microphone(audio), network()]);
  [audio, video].forEach(({ track }) => track?.stop());
  find(".call-preview").toggleAttribute("data-on", false);
  const blocked = ["server", "none"].includes(found.way);
  let { rung } = startingRung({ camera: video.cause, microphone: audio.cause });
  if (blocked) rung = video.track && found.way === "server" ? "stills" : "written";
  else if (found.slow && rung === "video") rung = "audio";
  result = { way: found.way, rung, camera: video.cause, microphone: audio.cause, details: found.measured ?? {}, key: script.key };
  await keep();
  start.disabled = false;
  find("[data-result]").scrollIntoView({ block: "nearest" });
}

let result = null;

async function keep() {
  const body = JSON.stringify({ ...result, speaker: heard });
  const reply = await fetch(script.keep, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "Content-Type": "application/json" } });
  if (!reply.ok) return;
  find("[data-result]").hidden = false;
  find(".call-preview").hidden = true;
  find("[data-level]").hidden = true;
  find("[data-result-words]").textContent = words.kept;
  find("[data-result-rung]").textContent = script.rungs[result.rung];
}

let heard = null;
for (const answer of document.querySelectorAll("[data-heard]")) {
  answer.addEventListener("click", () => {
    heard = answer.dataset.heard === "yes";
    show("speaker", heard ? "good" : "bad", heard ? words.works : answer.textContent);
    if (result) { script.key = crypto.randomUUID(); result.key = script.key; keep(); }
  });
}
find("[data-play]")?.addEventListener("click", tone);
find("[data-begin]").addEventListener("click", begin);
