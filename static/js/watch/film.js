// Plays a film: by hls.js where the browser has MediaSource, else by the browser's own HLS (older iPhones).

const LATER_MS = 3000;
const OWN = "application/vnd.apple.mpegurl";
let library;

const hasMediaSource = () => Boolean(window.MediaSource || window.ManagedMediaSource);

// The library is large: it is fetched only by a browser that needs it, and once.
function hls(address) {
  library ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Hls);
    script.onerror = () => { library = null; resolve(null); };
    document.head.append(script);
  });
  return library;
}

export class Film {
  // `changed` is called when the qualities are known.
  constructor(video, address, changed = () => {}) {
    this.video = video;
    this.address = address;
    this.changed = changed;
    this.levels = [];
  }

  // False where this browser cannot play films at all.
  async load(source, at = 0) {
    this.source = source;
    this.drop();
    const Hls = hasMediaSource() ? await hls(this.address) : null;
    this.way = Hls?.isSupported() ? "hls.js" : this.video.canPlayType(OWN) ? "own" : "none";
    this.video.dataset.way = this.way;
    if (this.way === "hls.js") this.begin(Hls, at);
    if (this.way === "own") this.beginOwn(at);
    return this.way !== "none";
  }

  begin(Hls, at) {
    // The lowest quality first: over a weak line it plays at once, and climbs where the line allows. No worker: CSP.
    this.player = new Hls({ startLevel: 0, startPosition: at, enableWorker: false, capLevelToPlayerSize: true, maxBufferLength: 30, renderTextTracksNatively: false });
    this.player.on(Hls.Events.MANIFEST_PARSED, () => {
      this.levels = this.player.levels.map((level, index) => ({ index, height: level.height })).filter((level) => level.height);
      this.changed();
    });
    this.player.on(Hls.Events.ERROR, (_name, error) => this.failed(Hls, error));
    this.player.loadSource(this.source);
    this.player.attachMedia(this.video);
  }

  beginOwn(at) {
    this.video.src = this.source;
    if (at) this.video.addEventListener("loadedmetadata", () => { this.video.currentTime = at; }, { once: true });
    this.changed();
  }

  // Addresses of segments live for some hours only: a refusal is answered with a fresh playlist at the same moment.
  failed(Hls, error) {
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR) this.player.recoverMediaError();
    else {
      const again = this.player;
      setTimeout(() => { if (this.player === again) this.load(this.source, this.video.currentTime); }, LATER_MS);
    }
  }

  // -1: as the line allows.
  choose(level) { if (this.player) this.player.nextLevel = level; }

  drop() {
    this.player?.destroy();
    this.player = null;
    this.levels = [];
  }
}
