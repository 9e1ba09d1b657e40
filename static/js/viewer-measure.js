// A length between two points of a picture, in millimetres where the file tells how large a pixel is.

export class Measure {
  // `spacing` is [mm between rows, mm between columns] of the stored pixels, empty when nothing tells.
  constructor({ overlay, spacing, kind, rows, columns, said }) {
    Object.assign(this, { overlay, spacing, kind, rows, columns, said });
    this.on = false;
    this.end = 1;
  }

  toggle() {
    this.on = !this.on;
    if (this.on) this.say(this.said.dataset.start);
    else this.clear();
    return this.on;
  }

  clear() {
    this.points = undefined;
    this.overlay.remove("line");
    this.say("");
  }

  say(text) { this.said.textContent = text; }

  start(point) { this.points = [point, { ...point }]; this.end = 1; this.draw(); }

  to(point) { if (this.points) { this.points[this.end] = point; this.draw(); } }

  // The first key puts a line across the middle; then arrows move one end by a pixel of the picture, with Shift by ten.
  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in moves) {
      const { width, height } = this.overlay;
      this.points ??= [{ x: width / 4, y: height / 2 }, { x: (3 * width) / 4, y: height / 2 }];
      const far = event.shiftKey ? 10 : 1;
      const [dx, dy] = moves[event.key];
      const from = this.points[this.end];
      this.to({ x: Math.min(Math.max(from.x + dx * far, 0), width), y: Math.min(Math.max(from.y + dy * far, 0), height) });
    } else if (event.key === "Enter" && this.points) {
      this.end = 1 - this.end;
      this.draw();
    } else return false;
    return true;
  }

  draw() {
    this.overlay.line(this.points, this.end);
    this.say(this.words());
  }

  words() {
    const [from, to] = this.points;
    const { width, height } = this.overlay;
    const across = ((to.x - from.x) / width) * this.columns;
    const down = ((to.y - from.y) / height) * this.rows;
    if (!this.spacing.length) return this.put(this.said.dataset.uncalibrated, Math.hypot(across, down), 0);
    const text = { detector: this.said.dataset.detector, film: this.said.dataset.film }[this.kind] ?? this.said.dataset.length;
    return this.put(text, Math.hypot(across * this.spacing[1], down * this.spacing[0]), 1);
  }

  put(text, length, digits) {
    return text.replace("{length}", length.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
}
