// A page of a lecture's room: what it holds, what it hears, what it says. Drawing is in parts.js, polls in polls.js.

import { Guest } from "./guest.js";
import { GuestHost } from "./guest_host.js";
import { Line, turnedAway } from "./line.js";
import { Polls } from "./polls.js";
import { act, list, part, say } from "./parts.js";
import { Staging } from "./staging.js";

const MOST_LINES = 200;

class Room {
  constructor(root, script) {
    Object.assign(this, { root, script, words: script.words, seq: script.seq, newest: 0 });
    this.can = new Set(script.rights);
    this.supported = new Set(script.mine.supported);
    this.blocked = new Set();
    this.staging = new Staging(this);
    this.polls = new Polls(this);
    this.questions = new Map();
    this.hands = new Map();
    this.guests = script.crew ? new GuestHost(this) : new Guest(this);
    this.show(script.shows);
    this.line = new Line(script, { heard: (frame) => this.heard(frame), state: (on, told) => this.state(on, told) });
    this.listen();
  }

  find(name) { return document.querySelector(`[data-${name}]`); }

  // --- what is shown ---

  show({ polls, questions, chat, caption, hands, blocked, stage, guest }) {
    this.questions.clear();
    this.hands.clear();
    this.blocked = new Set(blocked);
    this.find("chat").replaceChildren();
    this.polls.clear();
    for (const poll of polls) this.polls.took(poll);
    for (const question of questions) this.question(question);
    for (const line of chat) this.chat(line);
    for (const hand of hands) this.hand(hand);
    this.caption({ text: caption });
    this.stage(stage);
    this.guests.took(guest);
    this.drawQuestions();
    this.drawHands();
  }

  chat({ id, user, by, text }) {
    const lines = this.find("chat");
    if (lines.querySelector(`[data-id="${id}"]`)) return;
    const line = part("line", { by, text });
    line.dataset.id = id;
    if (this.script.crew && this.can.has("moderate") && user !== this.script.me) {
      act(line, this.words.hide, () => this.tell({ do: "hide", line: id }));
      act(line, this.words.block, () => this.tell({ do: "block", user }));
    }
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
    lines.append(line);
    while (lines.children.length > MOST_LINES) lines.firstElementChild.remove();
    if (atEnd) lines.scrollTop = lines.scrollHeight;
  }

  hidden({ line }) { this.find("chat").querySelector(`[data-id="${line}"]`)?.remove(); }

  caption({ text }) {
    this.find("caption").hidden = !text;
    this.find("caption").textContent = text;
  }

  question(told) {
    const known = { ...this.questions.get(told.id), ...told };
    if (known.state === "dismissed" || !known.text) this.questions.delete(told.id);
    else this.questions.set(told.id, known);
    this.unquestioned = true;
  }

  drawQuestions() {
    this.unquestioned = false;
    const order = (one) => (one.state === "answered" ? -1 : one.support);
    const rows = [...this.questions.values()].sort((one, other) => order(other) - order(one));
    list(this.find("questions"), rows.map((one) => this.drawQuestion(one)));
  }

  drawQuestion({ id, by, text, support, state }) {
    const row = part("question", { by, text, count: support, words: this.words.support });
    const button = row.querySelector("[data-support]");
    const answered = state === "answered";
    row.dataset.id = id;
    row.querySelector("[data-state]").hidden = !answered;
    row.querySelector("[data-state]").textContent = this.words.answered;
    button.setAttribute("aria-pressed", this.supported.has(id));
    button.disabled = answered;
    button.onclick = async () => {
      if (await this.tell({ do: "support", question: id })) this.supported.add(id);
    };
    if (this.script.crew && this.can.has("moderate") && !answered) {
      act(row, this.words.mark, () => this.tell({ do: "answered", question: id }));
      act(row, this.words.dismiss, () => this.tell({ do: "dismiss", question: id }));
    }
    return row;
  }

  hand({ user, by, up }) {
    if (up) this.hands.set(user, by);
    else this.hands.delete(user);
    if (user === this.script.me) this.find("hand")?.setAttribute("aria-pressed", up);
    this.unhanded = true;
  }

  drawHands() {
    this.unhanded = false;
    const hands = this.find("hands");
    if (!hands) return;
    this.find("no-hands").hidden = this.hands.size > 0;
    list(hands, [...this.hands].map(([user, by]) => {
      const row = part("hand", { by });
      act(row, this.script.guests.words.invite, () => this.tell({ do: "invite", user }), true);
      act(row, this.words.lower, () => this.tell({ do: "lower", user }));
      return row;
    }));
  }

  block({ user, blocked }) { this.blocked[blocked ? "add" : "delete"](user); }

  poll(told) { this.polls.took(told); }

  guest(told) { this.guests.took(told); }

  stage(told) { this.staging.took(told); }

  // --- what is heard ---

  heard(frame) {
    if (frame.did === "resync") return void this.missed();
    if (frame.did !== "tick") return;
    if (frame.seq) {
      this.newest = Math.max(this.newest, frame.seq);
      if (frame.seq <= this.seq) return;
      if (frame.seq > this.seq + 1) return void this.missed();
      this.seq = frame.seq;
    }
    this.took(frame);
  }

  took({ items, present, reactions, left_out: leftOut }) {
    for (const { kind, ...told } of items) this[KINDS[kind]]?.(told);
    if (this.unquestioned) this.drawQuestions();
    if (this.unhanded) this.drawHands();
    if (present !== undefined) this.find("present").textContent = say(this.words.present, present);
    for (const [what, n] of Object.entries(reactions ?? {})) this.reacted(what, n);
    this.find("left-out").hidden = !leftOut;
    this.find("left-out").textContent = leftOut ? say(this.words.left_out, leftOut) : "";
  }

  reacted(what, n) {
    const count = document.querySelector(`[data-react="${what}"] [data-count]`);
    if (count) count.textContent = n;
  }

  // One question at a time; what is told meanwhile is in the answer, or comes with a number that shows the gap again.
  async missed(whole = false) {
    if (this.asking) return;
    this.asking = true;
    let behind = false;
    try {
      const query = whole || this.script.crew ? "" : `?after=${this.seq}`;
      const answer = await fetch(this.script.since + query);
      if (turnedAway(answer)) return void location.reload();
      if (!answer.ok) throw new Error("trouble");
      const { seq, frames, snapshot } = await answer.json();
      if (snapshot) this.show(snapshot);
      else for (const frame of frames) this.took(frame);
      this.seq = seq;
      behind = this.newest > seq;
      this.newest = 0;
    } catch {
      // No network, or too many at once: the next frame or the socket asks again.
    } finally {
      this.asking = false;
    }
    if (behind) setTimeout(() => this.missed(), 250 + Math.random() * 750);
  }

  state(on, told) {
    this.find("lost").hidden = on;
    this.root.dataset.ready = on ? "on" : "";
    if (!on) return;
    this.can = new Set(told.rights);
    if (told.seq !== this.seq || this.script.crew) this.missed(told.seq < this.seq);
  }

  // --- what is said ---

  // Whether it was done; what was not is said.
  async tell(frame) {
    try {
      return await this.line.ask(frame);
    } catch ({ message: code }) {
      this.find("said").textContent = this.words[code] ?? this.script.guests.words[code] ?? this.words.trouble;
      return null;
    }
  }

  listen() {
    for (const [name, command] of [["say", "chat"], ["ask", "ask"], ["type", "caption"]]) this.form(this.find(name), command);
    for (const button of document.querySelectorAll("[data-react]")) {
      button.onclick = () => this.tell({ do: "react", what: button.dataset.react });
    }
    const hand = this.find("hand");
    if (hand) hand.onclick = () => this.raise(hand, hand.getAttribute("aria-pressed") !== "true");
    document.addEventListener("keydown", (event) => this.key(event));
  }

  async raise(button, up) {
    if (await this.tell({ do: "hand", up })) button.setAttribute("aria-pressed", up);
  }

  form(form, command) {
    if (!form) return;
    // A key is of one text: said again after trouble it is the same line, another text is another.
    let [key, keyed, asking] = ["", "", false];
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = form.elements.text.value.trim();
      if (!text || asking) return;
      if (keyed !== text) [key, keyed] = [crypto.randomUUID(), text];
      asking = true;
      const told = await this.tell(command === "caption" ? { do: command, text } : { do: command, text, key });
      asking = false;
      if (!told) return;
      if (command === "chat") this.chat({ id: told.made, user: this.script.me, by: this.script.name, text });
      keyed = "";
      if (form.elements.text.value.trim() === text) form.reset();
      this.find("said").textContent = "";
    });
  }

  // The lecturer runs the room with one hand.
  // A key that is held is one press.
  key({ key, target, repeat, ctrlKey, metaKey, altKey }) {
    if (repeat) return;
    if (!this.script.crew || ctrlKey || metaKey || altKey || target.closest("input, textarea, select, [contenteditable]")) return;
    if (key === "p") this.polls.next();
    if (key === "r") this.staging.next();
    if (key === "f") this.staging.tell();
    if (key === "a") this.first((one) => one.state === "asked", (one) => this.tell({ do: "answered", question: one.id }));
    if (key === "i" && this.hands.size) this.tell({ do: "invite", user: this.hands.keys().next().value });
    if (key === "h" && this.hands.size) this.tell({ do: "lower", user: this.hands.keys().next().value });
  }

  first(wanted, then) {
    const rows = [...this.questions.values()].filter(wanted).sort((one, other) => other.support - one.support);
    if (rows.length) then(rows[0]);
  }
}

const KINDS = { chat: "chat", hidden: "hidden", question: "question", poll: "poll", caption: "caption", hand: "hand", guest: "guest", block: "block", stage: "stage" };

const root = document.querySelector("[data-room]");
new Room(root, JSON.parse(document.getElementById("room-script").textContent));
