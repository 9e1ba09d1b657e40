// Photos and DICOM stacks: scroll, zoom, move, change the window, measure, point. Without this module the page's links
// do the most of it by loading the page anew. While one scrolls small pictures are shown; at rest the exact one follows.

import { Frames } from "./viewer-frames.js";
import { Measure } from "./viewer-measure.js";
import { Overlay } from "./viewer-overlay.js";
import { SharedPointer } from "./viewer-pointer.js";
import { OwnWindow } from "./viewer-window.js";

const DRAG_PER_FRAME = 14;
const MOST_ZOOM = 12;
const REST_MS = 350;
const FREE = "free";

export class Viewer {
  constructor(figure) {
    this.figure = figure;
    this.part = (name) => figure.querySelector(`[data-${name}]`);
    [this.stage, this.image, this.canvas, this.slider] = ["stage", "image", "canvas", "slider"].map(this.part);
    const script = JSON.parse(document.getElementById(figure.dataset.viewer).textContent);
    this.script = script;
    this.number = script.number ?? 1;
    this.preset = script.preset ?? "";
    this.count = script.pieces.reduce((total, [, count]) => total + count, 0);
    this.pointers = new Map();
    this.zoom = 1;
    this.x = this.y = this.left = 0;
    this.overlay = new Overlay(this.part("overlay"), script.width, script.height);
    this.arrange(script);
    this.listen();
    this.reveal();
    if (this.frames) this.show();
  }

  arrange(script) {
    const said = this.part("said");
    const { overlay } = this;
    if (script.frames) {
      const loaded = this.part("loaded");
      const heard = (count) => { if (loaded) { loaded.hidden = count >= this.count; loaded.value = count; } };
      this.frames = new Frames({ count: this.count, address: (number, size) => this.address(number, size), heard });
    }
    if (script.values?.length) this.own = new OwnWindow(script);
    this.measure = new Measure({
      overlay, said, spacing: script.spacing ?? [], kind: script.spacingKind,
      rows: script.rows ?? script.height, columns: script.columns ?? script.width,
    });
    if (script.point) this.pointer = new SharedPointer({ script, viewer: this, overlay, said, button: this.part("point"), goto: this.part("goto") });
  }

  reveal() {
    this.figure.querySelectorAll("[data-tools], [data-slider], [data-preset]").forEach((each) => { each.hidden = false; });
    this.figure.dataset.ready = "yes";
  }

  listen() {
    const { stage } = this;
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, (event) => this.up(event));
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("keydown", (event) => this.key(event));
    stage.addEventListener("dblclick", (event) => { if (!this.measure.on) this.zoomTo(this.zoom > 1 ? 1 : 2.5, event.clientX, event.clientY); });
    this.slider?.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.figure.addEventListener("click", (event) => this.click(event));
    for (const name of ["centre", "width"]) this.part(name)?.addEventListener("change", () => this.typedWindow());
  }

  click(event) {
    const button = event.target.closest("[data-step], [data-preset], [data-zoom], [data-measure], [data-point]");
    if (!button) return;
    event.preventDefault();
    const { step, preset, zoom } = button.dataset;
    if (step) this.go(this.number + Number(step));
    else if (preset) this.window(preset);
    else if (zoom) this.zoomTo(zoom === "reset" ? 1 : this.zoom * (zoom === "in" ? 1.5 : 1 / 1.5));
    else this.toggle("measure" in button.dataset ? "measure" : "point");
  }

  // One tool at a time has the finger.
  toggle(name) {
    const tools = { measure: this.measure, point: this.pointer };
    for (const [each, tool] of Object.entries(tools)) if (each !== name && tool?.on) this.toggle(each);
    const on = tools[name].toggle();
    this.part(name).setAttribute("aria-pressed", String(on));
    this.stage.classList.toggle("tool", on);
    if (on) this.stage.focus({ preventScroll: true });
  }

  // -- the stack ---------------------------------------------------------------------------------------------------

  // [attachment, its own frame] at a slot of the stack.
  at(slot) {
    let left = slot;
    for (const [id, count] of this.script.pieces) {
      if (left <= count) return [id, left];
      left -= count;
    }
    return this.script.pieces.at(-1);
  }

  slotOf(attachment, frame) {
    let before = 0;
    for (const [id, count] of this.script.pieces) {
      if (id === attachment) return before + frame;
      before += count;
    }
    return 0;
  }

  address(number, size) {
    const [id, frame] = this.at(number);
    const preset = this.preset === FREE ? "default" : this.preset;
    return this.script.frames.replace("ID", id).replace("NUMBER", String(frame)).replace("PRESET", preset).replace("SIZE", size);
  }

  get scrolling() { return this.preset === FREE ? "codes" : "small"; }

  async go(number, { quietly = false } = {}) {
    if (!this.frames) return;
    const wanted = Math.min(Math.max(number, 1), this.count);
    const by = wanted - this.number;
    if (by) this.measure.points && this.measure.clear();
    this.number = wanted;
    if (this.slider) this.slider.value = String(wanted);
    const shown = this.part("number-shown");
    if (shown) shown.textContent = String(wanted);
    if (by && !quietly) this.tell("moved", { by });
    await this.show();
  }

  tell(name, detail) { this.figure.dispatchEvent(new CustomEvent(`viewer:${name}`, { detail })); }

  async show() {
    const { number, preset } = this;
    const wantedAt = performance.now();
    clearTimeout(this.resting);
    this.frames.moved(number, this.scrolling);
    const one = this.frames.fetched(number, this.scrolling);
    const ready = Boolean(one.bytes);
    try {
      const bitmap = await this.frames.bitmap(number, this.scrolling);
      if (number !== this.number || preset !== this.preset) return;
      this.draw(bitmap, "no");
      this.frames.moved(number, this.scrolling);
      performance.measure("viewer-frame", { start: wantedAt, detail: { number, ready, network: one.network } });
      if (preset !== FREE) this.resting = setTimeout(() => this.exact(number, preset), REST_MS);
    } catch { this.failed(number, preset); }
  }

  failed(number, preset) { if (number === this.number && preset === this.preset) this.lost(true); }

  // At rest: every pixel as it was recorded.
  async exact(number, preset) {
    try {
      const bitmap = await this.frames.bitmap(number, "full");
      if (number === this.number && preset === this.preset) this.draw(bitmap, "yes");
    } catch { /* the small picture stays; the next move asks again */ }
  }

  draw(bitmap, exact) {
    const { canvas } = this;
    this.drawn = bitmap;
    canvas.width = bitmap.width;
    canvas.height = Math.max(1, Math.round((bitmap.width * this.script.height) / this.script.width));
    const context = canvas.getContext("2d");
    if (this.preset === FREE) this.own.draw(context, bitmap, canvas.width, canvas.height);
    else context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
    this.image.hidden = true;
    this.lost(false);
    canvas.setAttribute("aria-label", this.describe());
    Object.assign(this.figure.dataset, { shown: `${this.number}/${this.preset}`, exact });
  }

  describe() {
    const label = this.figure.querySelector(`[data-preset="${this.preset}"]`)?.dataset.label || this.preset;
    return this.figure.dataset.alt.replace("{number}", String(this.number)).replace("{count}", String(this.count)).replace("{window}", label);
  }

  lost(yes) {
    this.stage.classList.toggle("lost", yes);
    if (yes) this.canvas.setAttribute("aria-label", this.figure.dataset.lost);
    if (yes) this.part("said").textContent = this.figure.dataset.lost;
    else if (this.part("said").textContent === this.figure.dataset.lost) this.part("said").textContent = "";
  }

  // -- the window --------------------------------------------------------------------------------------------------

  window(preset, { quietly = false } = {}) {
    const link = this.figure.querySelector(`[data-preset="${preset}"]`);
    if (!link || (preset === FREE && !this.own)) return;
    this.preset = preset;
    this.figure.querySelectorAll("[data-preset]").forEach((each) => {
      if (each === link) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    });
    this.part("free").hidden = preset !== FREE;
    if (preset === FREE) this.writeWindow();
    if (!quietly) this.tell("window", { preset });
    this.show();
  }

  writeWindow() {
    this.part("centre").value = String(Math.round(this.own.centre));
    this.part("width").value = String(Math.round(this.own.width));
  }

  typedWindow() {
    this.own.set(this.part("centre").valueAsNumber, this.part("width").valueAsNumber);
    this.redraw();
  }

  redraw() {
    this.writeWindow();
    if (this.drawn && this.figure.dataset.shown?.endsWith(`/${FREE}`)) this.draw(this.drawn, "yes");
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

  place(box = this.stage.getBoundingClientRect(), { quietly = false } = {}) {
    const roomX = (box.width * (this.zoom - 1)) / 2;
    const roomY = (box.height * (this.zoom - 1)) / 2;
    this.x = Math.min(Math.max(this.x, -roomX), roomX);
    this.y = Math.min(Math.max(this.y, -roomY), roomY);
    const transform = this.zoom > 1 ? `translate(${this.x}px, ${this.y}px) scale(${this.zoom})` : "";
    for (const layer of [this.image, this.canvas, this.overlay.svg]) layer.style.transform = transform;
    this.figure.dataset.scale = this.zoom.toFixed(2);
    if (this.measure.points) this.measure.draw();
    if (this.zoom > 1.4 && this.script.full && !this.sharp) this.sharpen();
    if (!quietly) this.tell("placed", { zoom: this.zoom, x: this.x / box.width, y: this.y / box.height });
  }

  placeAs({ zoom, x, y }) {
    const box = this.stage.getBoundingClientRect();
    Object.assign(this, { zoom, x: x * box.width, y: y * box.height });
    this.place(box, { quietly: true });
  }

  async sharpen() {
    this.sharp = true;
    this.image.src = this.script.full;
    try { await this.image.decode(); } catch { this.sharp = false; }
  }

  // -- pointers, wheel, keys ---------------------------------------------------------------------------------------

  down(event) {
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.left = 0;
    const point = this.pointers.size === 1 ? this.overlay.inside(event.clientX, event.clientY) : null;
    if (point && this.measure.on) this.measure.start(point);
    else if (point && this.pointer?.on) this.pointer.move(point);
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    const now = { x: event.clientX, y: event.clientY };
    if (this.pointer?.on && this.pointers.size < 2) return this.follow(now);
    if (!before) return;
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, now);
    else if (this.measure.on) this.measure.to(this.overlay.inside(now.x, now.y));
    else if (this.preset === FREE) this.dragWindow(now.x - before.x, now.y - before.y);
    else if (this.zoom > 1) this.pan(now.x - before.x, now.y - before.y);
    else this.scroll(now.y - before.y);
    this.pointers.set(event.pointerId, now);
  }

  follow(now) {
    const point = this.overlay.inside(now.x, now.y);
    if (point) this.pointer.move(point);
  }

  up(event) { this.pointers.delete(event.pointerId); }

  pinch(id, before, now) {
    const other = [...this.pointers].find(([each]) => each !== id)[1];
    const apart = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
    this.zoomTo((this.zoom * apart(now)) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
  }

  dragWindow(dx, dy) { this.own.drag(dx, dy); this.redraw(); }

  pan(dx, dy) { this.x += dx; this.y += dy; this.place(); }

  scroll(dy) {
    if (this.count < 2) { window.scrollBy(0, -dy); return; }
    this.left += dy;
    const steps = Math.trunc(this.left / DRAG_PER_FRAME);
    if (steps) { this.left -= steps * DRAG_PER_FRAME; this.go(this.number + steps); }
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
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.measure.on && event.key === "Escape") this.toggle("measure");
    else if (!(this.measure.on && this.measure.key(event)) && !this.pressed(event.key)) return;
    event.preventDefault();
  }

  pressed(key) {
    const moves = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -this.count, End: this.count };
    if (key in moves && this.count > 1) this.go(this.number + moves[key]);
    else if (key === "+" || key === "=") this.zoomTo(this.zoom * 1.5);
    else if (key === "-") this.zoomTo(this.zoom / 1.5);
    else if (key === "0") this.zoomTo(1);
    else if (key === "m" || key === "M") this.toggle("measure");
    else return false;
    return true;
  }
}

const opened = new Map();

export function openAll() {
  document.querySelectorAll("[data-viewer]:not([data-ready])").forEach((figure) => opened.set(figure, new Viewer(figure)));
  return [...opened.values()];
}

document.addEventListener("htmx:load", openAll);
openAll();
