// The third rung: a small picture of one's own camera every few seconds, by HTTP through this site.

export const EVERY_MS = 3000;
const WIDTH = 400;
const MOST_BYTES = 58000;

export class Stills {
  constructor({ address, token, video, gone }) { Object.assign(this, { address, token, video, gone }); }

  start() {
    if (this.timer) return;
    this.timer = setInterval(() => this.shoot(), EVERY_MS);
    this.shoot();
  }

  stop() { clearInterval(this.timer); this.timer = undefined; }

  picture() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width) return Promise.resolve(null);
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = Math.min(WIDTH, Math.round((WIDTH * height) / width));
    canvas.getContext("2d").drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.55); });
  }

  async shoot() {
    if (this.busy) return;
    this.busy = true;
    try {
      const blob = await this.picture();
      if (blob && blob.size < MOST_BYTES) {
        const reply = await fetch(this.address, { method: "POST", body: blob, headers: { "X-CSRFToken": this.token, "Content-Type": "image/jpeg" } });
        if (reply.ok) this.gone?.();
      }
    } catch { /* the next one may get through */ } finally {
      this.busy = false;
    }
  }
}
