// The lecturer's side of the stage: what is sent, and whether it arrives.

import { Picture, Publisher, mediaType } from "./recorder.js";

class Studio {
  constructor(root) {
    Object.assign(this, { root, told: root.querySelector("[data-told]") });
    this.buttons = Object.fromEntries([...root.querySelectorAll("[data-do]")].map((each) => [each.dataset.do, each]));
    for (const [name, button] of Object.entries(this.buttons)) button.addEventListener("click", () => this[name]());
    this.say(mediaType() && navigator.mediaDevices ? "closed" : "none");
  }

  says(state, run) {
    if (run) this.root.dataset.runs = run;
    this.say(state);
  }

  say(state) {
    this.root.dataset.state = state;
    this.told.textContent = this.root.dataset[`say${state.replace(/(^|-)(.)/g, (_all, _dash, letter) => letter.toUpperCase())}`] ?? this.root.dataset.sayOff;
    const sends = ["on", "waiting"].includes(state);
    const open = Boolean(this.picture);
    const shown = { open: !open && state !== "none", send: open && !sends, takeover: state === "stage-taken" || state === "replaced", stop: sends, share: open, mute: open };
    for (const [name, button] of Object.entries(this.buttons)) button.hidden = !shown[name];
    this.root.dispatchEvent(new Event("lecture:sends"));
  }

  async open() {
    const picture = new Picture(this.root.querySelector("canvas"));
    try {
      await picture.open();
    } catch {
      clearInterval(picture.drawing);
      this.say("refused");
      return;
    }
    this.picture = picture;
    this.say("off");
  }

  send() { this.publish(false); }

  takeover() { this.publish(true); }

  publish(takesOver) {
    this.publisher = new Publisher({ address: this.root.dataset.publish, stream: this.picture.stream, told: (state, run) => this.says(state, run) });
    this.publisher.begin(takesOver);
  }

  stop() { this.publisher?.end(); }

  async share() {
    const pressed = Boolean(this.picture.screen.srcObject);
    if (pressed) this.picture.unshare();
    else await this.picture.share(() => this.press("share", false)).catch(() => {});
    this.press("share", Boolean(this.picture.screen.srcObject));
  }

  mute() {
    const on = this.buttons.mute.getAttribute("aria-pressed") !== "true";
    this.picture.mute(on);
    this.press("mute", on);
  }

  press(name, on) { this.buttons[name].setAttribute("aria-pressed", String(on)); }
}

for (const root of document.querySelectorAll("[data-studio]")) root.studio = new Studio(root);
