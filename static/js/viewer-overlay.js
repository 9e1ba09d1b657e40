// What lies over a picture in the picture's own pixels: a measured line, and where others point.

const SVG = "http://www.w3.org/2000/svg";
const FADE_MS = 4000;

export class Overlay {
  constructor(svg, width, height) {
    Object.assign(this, { svg, width, height });
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
    this.points = new Map();
  }

  // From the window's pixels to the picture's.
  inside(clientX, clientY) {
    const matrix = this.svg.getScreenCTM();
    if (!matrix) return null;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    return { x: Math.min(Math.max(x, 0), this.width), y: Math.min(Math.max(y, 0), this.height) };
  }

  // How many of the picture's pixels make `length` of the window's.
  span(length) { return length / (this.svg.getScreenCTM()?.a || 1); }

  shape(name, kind, traits) {
    const shape = this.svg.querySelector(`[data-shape="${name}"]`) ?? this.svg.appendChild(document.createElementNS(SVG, kind));
    shape.dataset.shape = name;
    for (const [trait, value] of Object.entries(traits)) shape.setAttribute(trait, value);
    return shape;
  }

  remove(prefix) { this.svg.querySelectorAll(`[data-shape^="${prefix}"]`).forEach((shape) => shape.remove()); }

  line([from, to], end) {
    this.shape("line-under", "line", { class: "measure under", x1: from.x, y1: from.y, x2: to.x, y2: to.y });
    this.shape("line", "line", { class: "measure", x1: from.x, y1: from.y, x2: to.x, y2: to.y });
    [from, to].forEach((point, number) => {
      this.shape(`line-end-${number}`, "circle", { class: number === end ? "measure end here" : "measure end", cx: point.x, cy: point.y, r: this.span(7) });
    });
  }

  // Somebody else's finger, with their name; it fades.
  point({ by, name, x, y }) {
    clearTimeout(this.points.get(by));
    const at = { x: x * this.width, y: y * this.height };
    this.shape(`point-${by}`, "circle", { class: "pointer", cx: at.x, cy: at.y, r: this.span(11) });
    const left = at.x > this.width * 0.6;
    const text = this.shape(`point-${by}-name`, "text", {
      class: "pointer-name", x: at.x + this.span(left ? -16 : 16), y: at.y + this.span(5), "font-size": this.span(14), "text-anchor": left ? "end" : "start",
    });
    text.textContent = name;
    this.points.set(by, setTimeout(() => this.gone(by), FADE_MS));
  }

  gone(by) {
    clearTimeout(this.points.get(by));
    this.points.delete(by);
    this.remove(`point-${by}`);
  }
}
