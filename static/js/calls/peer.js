// One other person's page: perfect negotiation (the polite side gives way when both offer at once). Both media stand in
// the connection from the first offer on, so that muting, sharing a screen or going down to sound changes a track and
// needs no new offer. ICE begins anew only when it failed, or stayed disconnected.

const DISCONNECTED_MS = 5000;

export class Peer {
  // `send(body)` puts a letter into the other's box; `changed(peer)` is called when the connection or its media change.
  constructor({ epoch, polite, ice, relayOnly, send, changed }) {
    Object.assign(this, { epoch, polite, send, changed });
    this.stream = new MediaStream();
    this.tracks = { audio: null, video: null };
    this.jobs = Promise.resolve();
    this.pc = new RTCPeerConnection({ iceServers: ice, iceTransportPolicy: relayOnly ? "relay" : "all", bundlePolicy: "max-bundle" });
    this.pc.onnegotiationneeded = () => this.offer();
    this.pc.onicecandidate = ({ candidate }) => this.send({ candidate });
    this.pc.oniceconnectionstatechange = () => this.ice();
    this.pc.ontrack = ({ track }) => { this.stream.addTrack(track); this.changed(this); };
    if (!polite) for (const kind of ["audio", "video"]) this.pc.addTransceiver(kind, { direction: "sendrecv", streams: [] });
  }

  get connected() { return ["connected", "completed"].includes(this.pc.iceConnectionState); }

  get failed() { return this.pc.iceConnectionState === "failed"; }

  sender(kind) { return this.pc.getTransceivers().find((one) => one.receiver.track.kind === kind && !one.stopped); }

  // The tracks this page sends; null sends nothing of that kind.
  async use(tracks) {
    this.tracks = { ...this.tracks, ...tracks };
    for (const kind of ["audio", "video"]) {
      const one = this.sender(kind);
      if (one && one.sender.track !== this.tracks[kind]) await one.sender.replaceTrack(this.tracks[kind]).catch(() => {});
    }
  }

  async offer() {
    try {
      this.making = true;
      await this.pc.setLocalDescription();
      if (this.pc.localDescription) this.send({ description: this.pc.localDescription });
    } catch { /* the connection was closed meanwhile */ } finally {
      this.making = false;
    }
  }

  // Letters one after another, as they came.
  heard(body) {
    this.jobs = this.jobs.then(() => this.take(body)).catch(() => {});
    return this.jobs;
  }

  async take({ description, candidate }) {
    if (description) await this.describe(description);
    else if (candidate) {
      try { await this.pc.addIceCandidate(candidate); } catch (error) { if (!this.ignoring) throw error; }
    }
  }

  async describe(description) {
    const collision = description.type === "offer" && (this.making || this.pc.signalingState !== "stable");
    this.ignoring = !this.polite && collision;
    if (this.ignoring) return;
    await this.pc.setRemoteDescription(description);
    if (description.type !== "offer") return;
    for (const one of this.pc.getTransceivers()) if (one.direction !== "stopped") one.direction = "sendrecv";
    await this.use({});
    await this.pc.setLocalDescription();
    this.send({ description: this.pc.localDescription });
  }

  ice() {
    clearTimeout(this.waiting);
    if (this.pc.iceConnectionState === "failed") this.restart();
    if (this.pc.iceConnectionState === "disconnected") this.waiting = setTimeout(() => this.restart(), DISCONNECTED_MS);
    if (this.connected) this.everConnected = true;
    this.changed(this);
  }

  // Only the impolite side: two at once would undo each other.
  restart() { if (!this.polite && this.pc.signalingState !== "closed") this.pc.restartIce(); }

  close() {
    clearTimeout(this.waiting);
    this.pc.onicecandidate = this.pc.onnegotiationneeded = this.pc.oniceconnectionstatechange = this.pc.ontrack = null;
    this.pc.close();
  }
}
