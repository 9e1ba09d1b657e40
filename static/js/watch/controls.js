// The player's own controls: buttons, keys, the bar with its preview.

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

export const clock = (seconds) => {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  return `${hours ? `${hours}:${two(Math.floor(whole / 60) % 60)}` : Math.floor(whole / 60)}:${two(whole % 60)}`;
};

export class Controls {
  // `play` begins to play; `jump` is told before the film's place changes.
  constructor(root, video, { play, jump }) {
    Object.assign(this, { root, video, play, jump });
    this.bar = root.querySelector("[data-bar]");
    this.length = Number(root.dataset.length);
    this.preview = root.querySelector("[data-preview]");
    root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-do]")?.dataset.do;
      if (act) this[act]();
    });
    this.bar.addEventListener("input", () => this.seek(Number(this.bar.value)));
    this.bar.addEventListener("pointermove", (event) => this.peek(event));
    this.bar.addEventListener("pointerleave", () => { this.preview.hidden = true; });
    this.speedField = root.querySelector("[data-speed]");
    this.speedField.addEventListener("change", () => this.speed(Number(this.speedField.value)));
    document.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(name, () => this.show());
    for (const name of ["play", "pause", "ended", "volumechange"]) video.addEventListener(name, () => this.marks());
    video.addEventListener("click", () => this.toggle());
    // The viewer's name lies over a patient's film: no window that shows the film without it.
    const named = "patient" in root.dataset;
    root.querySelector("[data-do=pip]").hidden = named || !document.pictureInPictureEnabled;
    root.querySelector("[data-do=full]").hidden = !(document.fullscreenEnabled || (!named && video.webkitEnterFullscreen));
    this.marks();
    this.sheets();
  }

  show() {
    const at = this.video.currentTime;
    if (document.activeElement !== this.bar || !this.video.seeking) this.bar.value = at;
    this.bar.setAttribute("aria-valuetext", this.root.dataset.place.replace("{at}", clock(at)).replace("{of}", clock(this.length)));
    this.root.querySelector("[data-time]").textContent = `${clock(at)} / ${clock(this.length)}`;
  }

  marks() {
    const { paused, muted } = this.video;
    this.swap("toggle", paused ? "off" : "on");
    this.swap("mute", muted ? "on" : "off");
  }

  // A button says what it will do, and shows the sign of it.
  swap(name, state) {
    const button = this.root.querySelector(`[data-do=${name}]`);
    button.setAttribute("aria-label", button.dataset[state]);
    button.dataset.state = state;
  }

  toggle() { if (this.video.paused) this.play(); else this.video.pause(); }
  back() { this.seek(this.video.currentTime - 10); }
  on() { this.seek(this.video.currentTime + 10); }
  mute() { this.video.muted = !this.video.muted; }

  seek(at) {
    this.jump();
    this.video.currentTime = Math.min(Math.max(at, 0), Math.max(0, this.length - 0.1));
    this.show();
  }

  speed(value) {
    this.video.playbackRate = value;
    this.video.defaultPlaybackRate = value;
    this.speedField.value = String(value);
  }

  step(by) {
    const place = SPEEDS.indexOf(this.video.playbackRate) + by;
    if (SPEEDS[place]) this.speed(SPEEDS[place]);
  }

  async pip() {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await this.video.requestPictureInPicture();
    } catch { /* the browser does not allow it just now */ }
  }

  full() {
    const player = this.root.querySelector("[data-player]");
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.fullscreenEnabled) player.requestFullscreen().catch(() => {});
    else this.video.webkitEnterFullscreen();
  }

  captions() {
    const field = this.root.querySelector("[data-captions-field]");
    if (!field) return;
    field.value = field.value ? "" : field.options[1].value;
    field.dispatchEvent(new Event("change"));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=range]), textarea, select, dialog, [contenteditable]")) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    const act = { " ": "toggle", k: "toggle", c: "captions", m: "mute", f: "full" }[event.key];
    const by = { ArrowLeft: -5, ArrowRight: 5, j: -10, l: 10 }[event.key];
    const faster = { "<": -1, ">": 1 }[event.key];
    if (act && this.root.querySelector(`[data-do=${act}]`)?.hidden) return;
    if (act) this[act]();
    else if (by) this.seek(this.video.currentTime + by);
    else if (faster) this.step(faster);
    else return;
    event.preventDefault();
  }

  // The storyboard says which part of which sheet shows which seconds.
  async sheets() {
    this.tiles = [];
    if (!this.root.dataset.board) return;
    try {
      const answer = await fetch(this.root.dataset.board);
      if (answer.ok) this.tiles = read(await answer.text());
    } catch { /* a bar without pictures */ }
  }

  peek(event) {
    const box = this.bar.getBoundingClientRect();
    const at = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * this.length;
    const tile = this.tiles.find((one) => at >= one.begin && at < one.end);
    this.preview.hidden = false;
    this.preview.querySelector("span").textContent = clock(at);
    const picture = this.preview.querySelector("i");
    picture.hidden = !tile;
    if (tile) {
      picture.style.width = `${tile.width}px`;
      picture.style.height = `${tile.height}px`;
      picture.style.backgroundImage = `url("${tile.url}")`;
      picture.style.backgroundPosition = `-${tile.x}px -${tile.y}px`;
    }
    const half = this.preview.offsetWidth / 2;
    this.preview.style.left = `${Math.min(Math.max(event.clientX - box.left, half), box.width - half)}px`;
  }
}

function read(text) {
  const seconds = (stamp) => stamp.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return text.split(/\n{2,}/).flatMap((block) => {
    const [span, place] = block.split("\n");
    const found = /^(.*)#xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(place ?? "");
    if (!found || !span.includes("-->")) return [];
    const [begin, end] = span.split("-->").map((each) => seconds(each.trim()));
    return [{ begin, end, url: found[1], x: found[2], y: found[3], width: found[4], height: found[5] }];
  });
}
