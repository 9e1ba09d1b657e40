// Captions over the picture, and the same words as a transcript: searched, and each line leads to its moment.

import { clock } from "./controls.js";

export class Words {
  constructor(root, video, seek) {
    Object.assign(this, { root, video, seek });
    this.field = root.querySelector("[data-captions-field]");
    this.box = root.querySelector("[data-transcript]");
    if (!this.field) return;
    this.list = this.box.querySelector("ol");
    this.box.querySelector("input").addEventListener("input", (event) => this.search(event.target.value));
    this.field.addEventListener("change", () => this.choose());
    video.querySelectorAll("track").forEach((each) => each.addEventListener("load", () => this.write()));
    this.choose();
  }

  get tracks() { return [...this.video.querySelectorAll("track")]; }

  get chosen() { return this.tracks.find((each) => each.srclang === this.field.value) ?? this.tracks[0]; }

  // What is not shown over the picture is still read for the transcript.
  choose() {
    for (const each of this.tracks) each.track.mode = each !== this.chosen ? "disabled" : this.field.value ? "showing" : "hidden";
    this.chosen.track.oncuechange = () => this.follow();
    this.write();
  }

  write() {
    const cues = [...(this.chosen.track.cues ?? [])];
    this.box.hidden = cues.length === 0;
    this.list.lang = this.chosen.srclang;
    this.list.replaceChildren(...cues.map((cue) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      const time = document.createElement("span");
      button.type = "button";
      time.textContent = clock(cue.startTime);
      button.append(time, cue.text.replace(/<[^>]*>/g, ""));
      button.addEventListener("click", () => this.seek(cue.startTime));
      line.cue = cue;
      line.append(button);
      return line;
    }));
  }

  search(text) {
    const wanted = text.trim().toLocaleLowerCase();
    for (const line of this.list.children) line.hidden = !line.textContent.toLocaleLowerCase().includes(wanted);
  }

  follow() {
    const active = [...(this.chosen.track.activeCues ?? [])];
    for (const line of this.list.children) {
      if (active.includes(line.cue)) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  }
}
