// Plays a film: by hls.js where the browser has MediaSource, else by the browser's own HLS (older iPhones).

const LATER_MS = 3000;
const TRIES = 20;
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
  // `changed` is called when the qualities are known, `stopped` when nothing more is tried: true where the film is gone.
  // `more`: settings of hls.js beyond those of every film.
  constructor(video, address, { changed = () => {}, stopped = () => {}, more = {} } = {}) {
    Object.assign(this, { video, address, changed, stopped, more, levels: [], at: 0, tries: 0 });
    for (const name of ["timeupdate", "seeking"]) video.addEventListener(name, () => { if (this.stands) this.at = video.currentTime; });
    video.addEventListener("playing", () => { this.plays = false; this.tries = 0; });
    video.addEventListener("error", () => { if (this.way === "own") this.later(); });
  }

  // Whether the film's own place is that of the viewer: not while it is fetched anew.
  get stands() { return this.video.readyState > 1; }

  get place() { return this.stands ? this.video.currentTime : this.at; }

  // False where this browser cannot play films at all. `plays`: go on playing.
  async load(source, at = 0, plays = false) {
    clearTimeout(this.waits);
    Object.assign(this, { source, at, plays });
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
    this.player = new Hls({ startLevel: 0, startPosition: at, enableWorker: false, capLevelToPlayerSize: true, maxBufferLength: 30, renderTextTracksNatively: false, ...this.more });
    this.player.on(Hls.Events.MANIFEST_PARSED, () => {
      this.levels = this.player.levels.map((level, index) => ({ index, height: level.height })).filter((level) => level.height);
      this.changed();
      this.goOn();
    });
    this.player.on(Hls.Events.ERROR, (_name, error) => this.failed(Hls, error));
    this.player.loadSource(this.source);
    this.player.attachMedia(this.video);
  }

  beginOwn(at) {
    this.video.src = this.source;
    this.video.addEventListener("loadedmetadata", () => {
      if (at > 0) this.video.currentTime = at;
      this.goOn();
    }, { once: true });
    this.changed();
  }

  goOn() { if (this.plays) this.video.play().catch(() => {}); }

  // A lost line is waited for with what is there already. Addresses of segments live for some hours only: a refusal is
  // answered with a fresh playlist at the same moment; a playlist that is refused itself is gone.
  failed(Hls, error) {
    if (!error.fatal) return;
    const code = error.response?.code ?? 0;
    const first = String(error.details).startsWith("manifest");
    if (first && [403, 404].includes(code)) this.stopped(true);
    else if (error.type === Hls.ErrorTypes.MEDIA_ERROR && this.tries < TRIES) {
      this.tries += 1;
      this.player.recoverMediaError();
    } else this.later(!first && !(code >= 400 && code < 500));
  }

  // Once more in a while: with `keeps` what is buffered stays.
  later(keeps = false) {
    this.plays ||= !this.video.paused;
    this.tries += 1;
    if (this.tries > TRIES) { this.stopped(false); return; }
    clearTimeout(this.waits);
    this.waits = setTimeout(() => {
      if (keeps) this.player?.startLoad();
      else this.load(this.source, this.place, this.plays);
    }, LATER_MS);
  }

  // -1: as the line allows.
  choose(level) { if (this.player) this.player.nextLevel = level; }

  drop() {
    this.player?.destroy();
    this.player = null;
    this.levels = [];
  }
}
