// Polls of a room: one is open at most, those that were closed show what was counted.

import { act, part, say } from "./parts.js";
import { Spot } from "./spot.js";

export class Polls {
  constructor(room) {
    this.room = room;
    this.known = new Map();
    this.forms = new Map();
    this.spots = new Map();
    this.votes = { ...room.script.mine.votes };
  }

  clear() {
    this.known.clear();
    this.forms.clear();
    this.room.find("poll-list").replaceChildren();
  }

  get conducts() { return this.room.script.crew && this.room.can.has("conduct"); }

  took(told) {
    const before = this.known.get(told.id);
    const poll = { ...before, ...told };
    if (poll.state === "dropped") return void this.drop(poll.id);
    // numbers alone, of a poll this page has not heard of: it is told whole with the next question
    if (!poll.state) return;
    this.known.set(told.id, poll);
    if (before?.state === poll.state) this.count(poll);
    else this.draw(poll);
    if (poll.stage) this.room.staging.voted();
    this.room.find("no-poll").hidden = this.known.size > 0;
  }

  drop(id) {
    this.forms.get(id)?.remove();
    this.forms.delete(id);
    this.known.delete(id);
  }

  draw(poll) {
    const form = part("poll", { text: poll.question });
    const open = poll.state === "open";
    form.dataset.poll = poll.id;
    form.dataset.state = poll.state;
    this.options(form, poll);
    if (open && !this.room.script.crew) {
      if (poll.stage) form.querySelector("[data-options]").append(part("sure"));
      form.querySelector("[data-acts]").append(part("vote"));
      form.addEventListener("submit", (event) => this.vote(event, poll));
    }
    if (this.conducts && poll.state !== "closed") {
      const words = this.room.words[open ? "close" : "open"];
      act(form, words, () => this.room.tell({ do: open ? "close" : "open", poll: poll.id }), true);
    }
    const before = this.forms.get(poll.id);
    this.forms.set(poll.id, form);
    if (before) before.remove();
    this.room.find("poll-list").prepend(form);
    this.stands(form, poll);
    this.count(poll);
  }

  options(form, poll) {
    const place = form.querySelector("[data-options]");
    if (poll.answers === "hot_spot") return void this.spot(place, poll);
    if (poll.answers === "word") {
      if (poll.state === "open" && !this.room.script.crew) place.append(part("word"));
      return;
    }
    poll.options.forEach((text, number) => {
      const option = part("option", { text });
      const input = option.querySelector("input");
      input.type = poll.answers === "single" ? "radio" : "checkbox";
      input.value = number;
      place.append(option);
    });
  }

  // A picture whose stage is not shown yet is nobody's but the crew's, who know it.
  spot(place, poll) {
    if (poll.state === "draft") return;
    const made = part("spot");
    made.querySelector("img").src = poll.picture;
    place.append(made);
    this.spots.set(poll.id, new Spot(made.querySelector("[data-place]"), ...made.querySelectorAll("input")));
  }

  // What this person has voted, and whether they still may.
  stands(form, poll) {
    const mine = this.votes[poll.id];
    const fixed = Boolean(mine) || poll.state !== "open" || this.room.script.crew;
    for (const input of form.querySelectorAll("input")) {
      input.disabled = fixed;
      if (mine && input.name === "choice") input.checked = mine.includes(Number(input.value));
      if (mine && input.name === "word") [input.value] = mine;
    }
    const spot = this.spots.get(poll.id);
    if (spot && mine) spot.set(...mine);
    else if (spot && fixed) spot.hide();
    if (mine) {
      form.querySelector("[data-acts] .main")?.remove();
      if (poll.state === "open") form.querySelector("[data-told]").textContent = this.room.words.saved;
    }
  }

  count({ id, votes = 0, tally, options, answers, state }) {
    const form = this.forms.get(id);
    form.querySelector("[data-votes]").textContent = state === "draft" ? "" : say(this.room.words.votes, votes);
    if (!tally) return;
    if (answers === "word") return void this.words(form, tally);
    if (answers === "hot_spot") return void this.spots.get(id)?.count(tally);
    options.forEach((_text, number) => {
      const option = form.querySelectorAll("[data-options] label")[number];
      const n = tally[number] ?? 0;
      option.querySelector("[data-count]").textContent = n;
      const bar = option.querySelector("progress");
      bar.hidden = false;
      bar.max = votes || 1;
      bar.value = n;
    });
  }

  words(form, tally) {
    const said = Object.entries(tally).map(([word, n]) => `${word} ${n}`).join(" · ");
    form.querySelector("[data-votes]").textContent = said;
  }

  async vote(event, poll) {
    event.preventDefault();
    const form = event.target;
    const chosen = new FormData(form);
    const choice = this.chosen(poll, chosen);
    if (!choice) return;
    const sure = Number(chosen.get("confidence")) || null;
    const told = await this.room.tell({ do: "vote", poll: poll.id, choice, confidence: sure });
    if (!told) return;
    this.votes[poll.id] = told.choice;  // the first that arrived, which may have been another page's
    this.stands(form, poll);
  }

  chosen(poll, said) {
    if (poll.answers === "hot_spot") return this.spots.get(poll.id).place;
    if (poll.answers === "word") return said.get("word").trim() || null;
    const numbers = said.getAll("choice").map(Number);
    return numbers.length ? numbers : null;
  }

  // The open one is closed, else the first that is prepared is opened.
  next() {
    if (!this.conducts) return;
    const all = [...this.known.values()];
    const open = all.find(({ state }) => state === "open");
    const due = all.filter(({ state, stage = 0 }) => state === "draft" && stage <= this.room.staging.stage);
    const draft = due.sort((one, other) => (one.stage ?? 99) - (other.stage ?? 99))[0];
    if (open) this.room.tell({ do: "close", poll: open.id });
    else if (draft) this.room.tell({ do: "open", poll: draft.id });
  }
}
