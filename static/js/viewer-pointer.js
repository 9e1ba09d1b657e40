// A pointer shared by those who have the same case open. What one does is told at most every TICK_MS; the others hear a
// bell without content and ask where others point, so that each is asked anew whether they may know.

const TICK_MS = 250;

export class SharedPointer {
  // `where()` tells {slot}; `slotOf(attachment, frame)` the place in this viewer's stack, 0 when it is not in it.
  constructor({ script, viewer, overlay, button, said, goto }) {
    Object.assign(this, { script, viewer, overlay, button, said, goto });
    this.on = false;
    this.token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];
    document.body.addEventListener(`live:${script.topic}`, () => this.listen());
  }

  toggle() {
    this.on = !this.on;
    this.said.textContent = this.on ? this.said.dataset.points : "";
    return this.on;
  }

  // The newest place waits for the tick; older ones are not told at all.
  move(point) {
    this.next = { x: point.x / this.overlay.width, y: point.y / this.overlay.height, slot: this.viewer.number };
    if (!this.telling) this.tell();
  }

  async tell() {
    const { x, y, slot } = this.next;
    this.next = undefined;
    this.telling = true;
    const [attachment, frame] = this.viewer.at(slot);
    const body = new URLSearchParams({ frame, x: x.toFixed(4), y: y.toFixed(4) });
    try {
      const reply = await fetch(this.script.point.replace("ID", attachment), { method: "POST", body, headers: { "X-CSRFToken": this.token } });
      if (reply.status === 403 || reply.status === 404) this.stop();
    } catch { /* no network: pointing is not worth a word */ }
    await new Promise((done) => { setTimeout(done, TICK_MS); });
    this.telling = false;
    if (this.next) this.tell();
  }

  stop() {
    if (this.on) this.button?.click();
    if (this.button) this.button.hidden = true;
  }

  async listen() {
    if (this.asking) { this.again = true; return; }
    this.asking = true;
    try {
      const reply = await fetch(this.script.pointers);
      if (reply.ok) (await reply.json()).points.forEach((point) => this.show(point));
    } catch { /* the next bell asks again */ }
    await new Promise((done) => { setTimeout(done, TICK_MS / 2); });
    this.asking = false;
    if (this.again) { this.again = false; this.listen(); }
  }

  show(point) {
    const slot = this.viewer.slotOf(point.attachment, point.frame);
    if (!slot) return;
    const here = slot === this.viewer.number;
    if (here) this.overlay.point(point);
    else this.overlay.gone(point.by);
    this.offer(here ? null : slot, point.name);
  }

  offer(slot, name) {
    this.goto.hidden = !slot;
    clearTimeout(this.offering);
    if (!slot) return;
    this.goto.textContent = this.said.dataset.elsewhere.replace("{name}", name).replace("{number}", String(slot));
    this.goto.onclick = () => { this.goto.hidden = true; this.viewer.go(slot); };
    this.offering = setTimeout(() => { this.goto.hidden = true; }, 8000);
  }
}
