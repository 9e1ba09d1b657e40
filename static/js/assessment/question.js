// What a question's form cannot do by itself: moving rows up and down, setting points on a picture by finger or by
// keyboard, counting words. The fields of the form stay the answer, so whoever sends them needs no word of this.
// Pages that bring questions later call `attach(element)`; every change is a plain "change" event of a field.

const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

function number(list) {
  const rows = [...list.children];
  rows.forEach((row, place) => { row.querySelector("select").value = String(place + 1); });
  rows.forEach((row, place) => {
    row.querySelector('[data-move="-1"]').disabled = place === 0;
    row.querySelector('[data-move="1"]').disabled = place === rows.length - 1;
  });
}

function order(list) {
  if (!list.querySelector("[data-move]")) return;
  for (const row of list.children) {
    row.querySelector(".order-place").hidden = true;
    row.querySelector(".order-moves").hidden = false;
  }
  number(list);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const row = button.closest("li");
    if (button.dataset.move === "-1") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    number(list);
    const still = button.disabled ? row.querySelector("[data-move]:not(:disabled)") : button;
    still.focus();
    changed(row.querySelector("select"));
  });
}

const STEP = 20;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const within = (n) => Math.min(1000, Math.max(0, Math.round(n)));
const SVG = "http://www.w3.org/2000/svg";

class Picture {
  constructor(box) {
    this.box = box;
    this.most = Number(box.dataset.hotspot);
    this.field = box.parentElement.querySelector(".hotspot-written input");
    this.told = box.parentElement.querySelector("[data-hotspot-told]");
    this.marks = box.querySelector(".hotspot-marks");
    this.cursor = [500, 500];
    this.field.closest("label").classList.add("hush");
    this.field.tabIndex = -1;
    this.draw();
    if ("locked" in box.dataset) return;
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", box.querySelector("img").alt);
    box.addEventListener("pointerdown", (event) => this.tap(event));
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("focus", () => this.draw());
    box.addEventListener("blur", () => this.draw());
    this.field.addEventListener("change", () => this.draw());
  }

  get points() {
    return this.field.value.split(/\s+/).filter(Boolean).map((pair) => pair.split(",").map(Number));
  }

  set points(points) {
    this.field.value = points.map((pair) => pair.join(",")).join(" ");
    changed(this.field);
  }

  say(words, [x, y]) {
    this.told.textContent = words.replace("{x}", Math.round(x / 10)).replace("{y}", Math.round(y / 10));
  }

  tap(event) {
    const box = this.box.getBoundingClientRect();
    this.cursor = [within(((event.clientX - box.left) / box.width) * 1000), within(((event.clientY - box.top) / box.height) * 1000)];
    this.set();
  }

  near([x, y]) {
    return this.points.findIndex(([a, b]) => Math.hypot(a - x, b - y) < 35);
  }

  set() {
    const points = this.points;
    const here = this.near(this.cursor);
    if (here >= 0) {
      points.splice(here, 1);
      this.say(this.box.dataset.toldGone, this.cursor);
    } else {
      if (points.length >= this.most) points.shift();
      points.push(this.cursor);
      this.say(this.box.dataset.toldSet, this.cursor);
    }
    this.points = points;
  }

  key(event) {
    const move = MOVES[event.key];
    if (move) {
      const step = event.shiftKey ? STEP / 4 : STEP;
      this.cursor = [within(this.cursor[0] + move[0] * step), within(this.cursor[1] + move[1] * step)];
      this.say(this.box.dataset.toldAt, this.cursor);
      this.draw();
    } else if (event.key === "Enter" || event.key === " ") this.set();
    else if (event.key === "Delete" || event.key === "Backspace") {
      this.points = this.points.slice(0, -1);
      this.say(this.box.dataset.toldGone, this.cursor);
    } else return;
    event.preventDefault();
  }

  mark([x, y], look) {
    const spot = document.createElementNS(SVG, "ellipse");
    const { width, height } = this.box.getBoundingClientRect();
    const round = { cx: x, cy: y, rx: 18, ry: (18 * (width || 1)) / (height || 1), class: look };
    for (const [name, value] of Object.entries(round)) spot.setAttribute(name, value);
    this.marks.append(spot);
  }

  draw() {
    for (const old of this.marks.querySelectorAll(".hotspot-point, .hotspot-cursor")) old.remove();
    for (const point of this.points) this.mark(point, "hotspot-point");
    if (this.box.matches(":focus-visible")) this.mark(this.cursor, "hotspot-cursor");
  }
}

const HAN = /[\u3400-\u9fff]/g;

function words(area) {
  const told = area.parentElement.querySelector("[data-words-told]");
  const most = Number(area.dataset.words);
  const count = () => {
    const han = area.value.match(HAN)?.length ?? 0;
    const others = area.value.replace(HAN, " ").match(/\S+/g)?.length ?? 0;
    told.textContent = `${han + others} / ${most}`;
  };
  area.addEventListener("input", count);
  count();
}

export function attach(root) {
  for (const list of root.querySelectorAll("[data-order]:not([data-ready])")) { list.dataset.ready = ""; order(list); }
  for (const box of root.querySelectorAll("[data-hotspot]:not([data-ready])")) { box.dataset.ready = ""; new Picture(box); }
  for (const area of root.querySelectorAll("[data-words]:not([data-ready])")) { area.dataset.ready = ""; words(area); }
}

attach(document);
document.addEventListener("htmx:load", (event) => attach(event.detail.elt));
