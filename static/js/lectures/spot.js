// A place on a picture: tapped, or set by two sliders. What a room tapped is shown in cells.

const SVG = "http://www.w3.org/2000/svg";
const SIDE = 1000;
const CELLS = 20;

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class Spot {
  // `across` and `down` are inputs in per cent.
  constructor(root, across, down) {
    Object.assign(this, { root, across, down, marks: root.querySelector("svg") });
    this.chosen = across.type !== "range" && across.value !== "";
    if (!this.chosen && root.dataset.say) across.setCustomValidity(root.dataset.say);
    this.dot = shape("ellipse", { class: "hotspot-point" });
    this.heat = shape("g", {});
    this.marks.append(this.heat, this.dot);
    root.addEventListener("click", (event) => this.tapped(event));
    for (const input of [across, down]) input.addEventListener("input", () => this.choose());
    root.querySelector("img").addEventListener("load", () => this.draw());
    this.draw();
  }

  // A slider stands in the middle before anybody has chosen it.
  get place() { return this.chosen ? this.at : null; }

  get at() { return { x: Number(this.across.value) / 100, y: Number(this.down.value) / 100 }; }

  set(x, y) {
    this.across.value = Math.round(x * 100);
    this.down.value = Math.round(y * 100);
    this.choose();
  }

  choose() {
    this.chosen = true;
    this.across.setCustomValidity("");
    this.draw();
  }

  tapped({ clientX, clientY }) {
    if (this.across.disabled) return;
    const { left, top, width, height } = this.root.querySelector("img").getBoundingClientRect();
    this.set((clientX - left) / width, (clientY - top) / height);
    this.across.dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw() {
    const { width, height } = this.root.querySelector("img").getBoundingClientRect();
    const { x, y } = this.at;
    this.dot.setAttribute("visibility", this.chosen ? "visible" : "hidden");
    const ry = height ? (20 * width) / height : 20;
    for (const [key, value] of Object.entries({ cx: x * SIDE, cy: y * SIDE, rx: 20, ry })) this.dot.setAttribute(key, value);
  }

  hide() { this.dot.remove(); }

  // {"7,3": 12}: how many tapped in the eighth column of the fourth row.
  count(tally) {
    const most = Math.max(1, ...Object.values(tally));
    const side = SIDE / CELLS;
    this.heat.replaceChildren(...Object.entries(tally).map(([cell, n]) => {
      const [column, row] = cell.split(",").map(Number);
      const opacity = 0.25 + (0.6 * n) / most;
      return shape("rect", { class: "lecture-heat", x: column * side, y: row * side, width: side, height: side, "fill-opacity": opacity });
    }));
  }
}
