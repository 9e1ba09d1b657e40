// The time that is left, by the server's clock, in minutes: seconds only in the last minute, so that nobody is driven.
// Said aloud at ten, five and one minute.

const SAID = [10, 5, 1];

export class Time {
  constructor(form, over) {
    this.over = over;
    this.shown = document.getElementById("exam-timer");
    this.voice = document.getElementById("exam-said");
    this.said = new Set();
    this.set(document.documentElement.dataset.serverNow);
    this.until(form.dataset.ends);
    this.tick();
    setInterval(() => this.tick(), 1000);
  }

  set(now) {
    this.server = Date.parse(now) || Date.now();
    this.at = performance.now();
  }

  now() {
    return this.server + (performance.now() - this.at);
  }

  until(ends) {
    this.ends = ends ? Date.parse(ends) : null;
  }

  tick() {
    if (!this.ends || !this.shown) return;
    const seconds = Math.ceil((this.ends - this.now()) / 1000);
    const minutes = Math.ceil(seconds / 60);
    const words = seconds <= 0 ? this.shown.dataset.over : seconds <= 60 ? this.shown.dataset.seconds : this.shown.dataset.left;
    const text = words.replace("{n}", seconds <= 60 ? seconds : minutes);
    if (this.shown.textContent !== text) this.shown.textContent = text;
    if (seconds > 0 && SAID.includes(minutes) && !this.said.has(minutes)) {
      this.said.add(minutes);
      this.voice.textContent = this.voice.dataset.minutes.replace("{n}", minutes);
    }
    if (seconds <= 0) this.over();
  }
}
