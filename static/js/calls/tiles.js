// The people on the page: one tile each, with picture or initials, name, and whether they hear us.

const template = document.getElementById("call-tile");

const initials = (name) => (/\p{Script=Han}/u.test(name) ? name.slice(0, 1) : name.split(/\s+/).map((word) => word[0] ?? "").slice(0, 2).join("").toUpperCase());

export class Tile {
  constructor(id, me) {
    this.root = template.content.firstElementChild.cloneNode(true);
    this.root.dataset.tile = id;
    this.video = this.root.querySelector("video");
    this.still = this.root.querySelector("[data-still]");
    if (me) {
      this.root.dataset.me = "";
      this.video.muted = true;
    }
  }

  say({ name, role, state, muted }) {
    this.root.querySelector("[data-name]").textContent = name;
    this.root.querySelector("[data-face]").textContent = initials(name);
    this.root.querySelector("[data-role-shown]").textContent = role;
    this.root.querySelector("[data-state-shown]").textContent = state;
    this.root.querySelector("[data-mute]").hidden = !muted;
  }

  // A stream plays even when only its sound is wanted; `picture` says whether there is something to see.
  play(stream, picture) {
    if (this.video.srcObject !== stream) this.video.srcObject = stream;
    this.video.hidden = !picture;
    this.root.toggleAttribute("data-picture", picture || !this.still.hidden);
    if (this.video.paused && stream) this.video.play().catch(() => {});
  }

  showStill(address) {
    this.still.hidden = !address;
    if (address && this.still.getAttribute("src") !== address) this.still.src = address;
  }

  speaks(loud) { this.root.toggleAttribute("data-speaks", loud); }
}
