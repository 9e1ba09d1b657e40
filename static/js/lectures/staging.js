// The case that is taught step by step: what of it is shown, and for the crew what comes next.

// Thousands hear of a stage in one moment, and ask for it over this time.
const SPREAD_MS = 800;
const VOTED_MS = 1000;
const AGAIN_MS = 2000;

export class Staging {
  constructor(room) {
    Object.assign(this, { room, root: room.find("staged"), stage: 0, flow: false });
    this.root?.addEventListener("click", ({ target }) => this.pressed(target.closest("button")));
  }

  took({ stage, flow }) {
    if (!this.root) return;
    const news = stage !== this.stage || flow !== this.flow || this.room.script.crew;
    Object.assign(this, { stage, flow });
    if (news) this.soon(this.room.script.crew ? 0 : Math.random() * SPREAD_MS);
  }

  // A vote was opened or closed: its numbers stand in what is shown of the room's thinking.
  voted() {
    if (this.root && !this.waiting && (this.room.script.crew || this.flow)) this.soon(VOTED_MS + Math.random() * SPREAD_MS);
  }

  soon(ms) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.load(), ms);
  }

  async load() {
    this.waiting = 0;
    const asked = (this.asked = {});
    try {
      const answer = await fetch(this.root.dataset.address);
      if (!answer.ok) throw new Error("trouble");
      const shown = await answer.text();
      if (asked === this.asked) this.show(shown);
    } catch {
      this.soon(AGAIN_MS + Math.random() * AGAIN_MS);
    }
  }

  show(shown) {
    const place = this.root.querySelector("[data-staged-shown]");
    const before = place.querySelectorAll("[data-stage-number]").length;
    const focused = place.contains(document.activeElement) && ["flow", "reveal"].find((name) => name in document.activeElement.dataset);
    place.innerHTML = shown;
    const names = [...place.querySelectorAll("[data-stage-number] [data-name]")];
    if (names.length > before) {
      this.root.querySelector("[data-staged-told]").textContent = this.root.dataset.sayShown.replace("{name}", names.at(-1).textContent);
    }
    // The same act only: the next key must not do another one.
    if (focused === "flow") place.querySelector("[data-flow]")?.focus();
    this.root.dataset.shown = names.length;
  }

  pressed(button) {
    if (!button) return;
    if (button.dataset.reveal) this.room.tell({ do: "reveal", stage: Number(button.dataset.reveal) });
    else if ("flow" in button.dataset) this.room.tell({ do: "flow", shown: !this.flow });
  }

  next() { this.pressed(this.root?.querySelector("[data-reveal]")); }

  tell() { this.pressed(this.root?.querySelector("[data-flow]")); }
}
