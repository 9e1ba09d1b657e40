// Photos and DICOM frames: scroll through frames, zoom, move, change the window. Without this module the page's links do
// the same by loading it anew. Frames are kept as blobs in memory only: responses are no-store.

const KEPT = 80;
const AHEAD = [1, -1, 2, 3, -2, 4];
const DRAG_PER_FRAME = 14;
const MOST_ZOOM = 12;

class Viewer {
  constructor(figure) {
    this.figure = figure;
    this.stage = figure.querySelector("[data-stage]");
    this.image = figure.querySelector("[data-image]");
    this.slider = figure.querySelector("[data-slider]");
    this.count = Number(figure.dataset.count);
    this.number = Number(figure.dataset.number);
    this.preset = figure.dataset.window;
    this.pattern = figure.dataset.pattern || "";
    this.blobs = new Map();
    this.pointers = new Map();
    this.zoom = 1;
    this.x = this.y = 0;
    this.listen();
    this.reveal();
    this.prefetch();
  }

  reveal() {
    this.figure.querySelectorAll("[data-tools], [data-slider]").forEach((each) => { each.hidden = false; });
    this.figure.dataset.ready = "yes";
  }

  listen() {
    this.stage.addEventListener("pointerdown", (event) => this.down(event));
    this.stage.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) this.stage.addEventListener(kind, (event) => this.up(event));
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("dblclick", (event) => this.zoomTo(this.zoom > 1 ? 1 : 2.5, event.clientX, event.clientY));
    this.slider?.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.figure.addEventListener("click", (event) => this.click(event));
  }

  click(event) {
    const button = event.target.closest("[data-step], [data-preset], [data-zoom]");
    if (!button) return;
    event.preventDefault();
    const { step, preset, zoom } = button.dataset;
    if (step) this.go(this.number + Number(step));
    else if (preset) this.window(preset);
    else this.zoomTo(zoom === "reset" ? 1 : this.zoom * (zoom === "in" ? 1.5 : 1 / 1.5));
  }

  // -- frames ------------------------------------------------------------------------------------------------------

  address(number, preset) { return this.pattern.replace("987654321", String(number)).replace("/preset/", `/${preset}/`); }

  async blob(address) {
    if (this.blobs.has(address)) return this.blobs.get(address);
    const coming = fetch(address, { credentials: "same-origin" }).then(async (reply) => {
      if (!reply.ok) throw new Error(String(reply.status));
      return URL.createObjectURL(await reply.blob());
    });
    this.blobs.set(address, coming);
    coming.catch(() => this.blobs.delete(address));
    this.forget();
    return coming;
  }

  forget() {
    while (this.blobs.size > KEPT) {
      const [oldest, coming] = this.blobs.entries().next().value;
      this.blobs.delete(oldest);
      coming.then((url) => URL.revokeObjectURL(url), () => {});
    }
  }

  async go(number) {
    if (!this.pattern) return;
    const wanted = Math.min(Math.max(number, 1), this.count);
    this.number = wanted;
    if (this.slider) this.slider.value = String(wanted);
    const shown = this.figure.querySelector("[data-number-shown]");
    if (shown) shown.textContent = String(wanted);
    await this.show();
  }

  async show() {
    const address = this.address(this.number, this.preset);
    try {
      const url = await this.blob(address);
      if (address !== this.address(this.number, this.preset)) return;
      this.image.src = url;
      this.image.alt = this.describe();
      this.figure.dataset.shown = `${this.number}/${this.preset}`;
      this.lost(false);
      this.prefetch();
    } catch { this.lost(true); }
  }

  describe() {
    const label = this.figure.querySelector(`[data-preset="${this.preset}"]`)?.dataset.label || this.preset;
    return this.figure.dataset.alt.replace("{number}", String(this.number)).replace("{count}", String(this.count)).replace("{window}", label);
  }

  lost(yes) {
    this.stage.classList.toggle("lost", yes);
    if (yes) this.image.alt = this.figure.dataset.lost;
  }

  prefetch() {
    if (!this.pattern || navigator.connection?.saveData) return;
    for (const step of AHEAD) {
      const number = this.number + step;
      if (number >= 1 && number <= this.count) this.blob(this.address(number, this.preset)).catch(() => {});
    }
  }

  window(preset) {
    this.preset = preset;
    this.figure.querySelectorAll("[data-preset]").forEach((each) => {
      if (each.dataset.preset === preset) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    });
    this.show();
  }

  // -- zoom and move -----------------------------------------------------------------------------------------------

  zoomTo(zoom, clientX, clientY) {
    const next = Math.min(Math.max(zoom, 1), MOST_ZOOM);
    const box = this.stage.getBoundingClientRect();
    const fromX = (clientX ?? box.left + box.width / 2) - box.left - box.width / 2;
    const fromY = (clientY ?? box.top + box.height / 2) - box.top - box.height / 2;
    this.x = fromX - ((fromX - this.x) * next) / this.zoom;
    this.y = fromY - ((fromY - this.y) * next) / this.zoom;
    this.zoom = next;
    this.place(box);
  }

  place(box = this.stage.getBoundingClientRect()) {
    const roomX = (box.width * (this.zoom - 1)) / 2;
    const roomY = (box.height * (this.zoom - 1)) / 2;
    this.x = Math.min(Math.max(this.x, -roomX), roomX);
    this.y = Math.min(Math.max(this.y, -roomY), roomY);
    this.image.style.transform = this.zoom > 1 ? `translate(${this.x}px, ${this.y}px) scale(${this.zoom})` : "";
    this.figure.dataset.scale = this.zoom.toFixed(2);
    if (this.zoom > 1.4 && this.figure.dataset.full && !this.sharp) this.sharpen();
  }

  sharpen() {
    this.sharp = true;
    this.blob(this.figure.dataset.full).then((url) => { this.image.src = url; }, () => { this.sharp = false; });
  }

  // -- pointers, wheel, keys ---------------------------------------------------------------------------------------

  down(event) {
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.dragged = 0;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, now);
    else if (this.zoom > 1) this.pan(now.x - before.x, now.y - before.y);
    else this.scroll(now.y - before.y);
    this.pointers.set(event.pointerId, now);
  }

  up(event) { this.pointers.delete(event.pointerId); }

  pinch(id, before, now) {
    const other = [...this.pointers].find(([each]) => each !== id)[1];
    const apart = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
    this.zoomTo((this.zoom * apart(now)) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
  }

  pan(dx, dy) { this.x += dx; this.y += dy; this.place(); }

  scroll(dy) {
    if (this.count < 2) { window.scrollBy(0, -dy); return; }
    this.dragged += dy;
    const steps = Math.trunc(this.dragged / DRAG_PER_FRAME);
    if (steps) { this.dragged -= steps * DRAG_PER_FRAME; this.go(this.number + steps); }
  }

  wheel(event) {
    if (event.ctrlKey || this.count < 2) {
      if (!event.ctrlKey && this.zoom === 1) return;
      event.preventDefault();
      this.zoomTo(this.zoom * (event.deltaY < 0 ? 1.15 : 1 / 1.15), event.clientX, event.clientY);
      return;
    }
    event.preventDefault();
    this.go(this.number + Math.sign(event.deltaY));
  }

  key(event) {
    const moves = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -this.count, End: this.count };
    if (event.key in moves && this.count > 1) this.go(this.number + moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoomTo(this.zoom * 1.5);
    else if (event.key === "-") this.zoomTo(this.zoom / 1.5);
    else if (event.key === "0") this.zoomTo(1);
    else return;
    event.preventDefault();
  }
}

const openAll = () => document.querySelectorAll("[data-viewer]:not([data-ready])").forEach((figure) => new Viewer(figure));
document.addEventListener("htmx:load", openAll);
openAll();
