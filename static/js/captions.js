// Captions are written line by line beside the video. Without this module they are one text of WebVTT, and saved the same way.

import { Film } from "./watch/film.js";

const STAMP = /(?:(\d+):)?(\d+):(\d+)[.,](\d{1,3})/;

const seconds = (text) => {
  const found = STAMP.exec(text);
  return found ? Number(found[1] ?? 0) * 3600 + Number(found[2]) * 60 + Number(found[3]) + Number(found[4].padEnd(3, "0")) / 1000 : 0;
};

const stamp = (value) => {
  const whole = Math.round(value * 1000);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(whole / 3600000))}:${two(Math.floor(whole / 60000) % 60)}:${two(Math.floor(whole / 1000) % 60)}.${String(whole % 1000).padStart(3, "0")}`;
};

const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function read(text) {
  return text.replaceAll("\r", "").split(/\n{2,}/).map((block) => block.split("\n")).flatMap((lines) => {
    const at = lines.findIndex((line) => line.includes("-->"));
    if (at < 0) return [];
    const [begin, end] = lines[at].split("-->").map((each) => each.trim().split(" ")[0]);
    return [{ begin, end, text: plain(lines.slice(at + 1).join("\n").trim()) }];
  });
}

class Editor {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.whole = form.querySelector("textarea");
    this.video = document.querySelector("[data-film]");
    this.list = document.createElement("ol");
    this.list.className = "caption-lines";
    this.whole.closest(".field").hidden = true;
    this.add = this.button(this.words.add, "btn");
    form.append(this.list, this.add);
    const lines = read(this.whole.value);
    for (const line of lines.length ? lines : [{ begin: stamp(0), end: stamp(4), text: "" }]) this.line(line);
    this.add.addEventListener("click", () => this.next());
    form.addEventListener("submit", () => this.keep());
    this.video?.addEventListener("timeupdate", () => this.follow());
  }

  button(label, look) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = look;
    made.textContent = label;
    return made;
  }

  input(name, value) {
    const made = document.createElement(name === "text" ? "textarea" : "input");
    made.value = value;
    made.dataset.part = name;
    made.setAttribute("aria-label", this.words[name === "text" ? "words" : name]);
    if (name === "text") made.rows = 2;
    return made;
  }

  line({ begin, end, text }) {
    const row = document.createElement("li");
    const now = this.button(this.words.short, "btn small quiet");
    const drop = this.button("×", "btn small quiet");
    now.title = this.words.now;
    drop.setAttribute("aria-label", this.words.drop);
    row.append(this.input("begin", begin), this.input("end", end), now, drop, this.input("text", text));
    row.addEventListener("focusin", () => { this.last = row; });
    now.addEventListener("click", () => this.take(row));
    drop.addEventListener("click", () => { row.remove(); this.add.focus(); });
    this.list.append(row);
    return row;
  }

  // The video's time becomes the beginning of a line; its length stays.
  take(row) {
    const [begin, end] = this.span(row);
    const at = this.video?.currentTime ?? 0;
    row.querySelector("[data-part=begin]").value = stamp(at);
    row.querySelector("[data-part=end]").value = stamp(at + Math.max(1, end - begin));
  }

  span(row) { return ["begin", "end"].map((name) => seconds(row.querySelector(`[data-part=${name}]`).value)); }

  next() {
    const last = this.list.lastElementChild;
    const at = this.video?.currentTime || (last ? this.span(last)[1] : 0);
    this.line({ begin: stamp(at), end: stamp(at + 4), text: "" }).querySelector("textarea").focus();
  }

  follow() {
    for (const row of this.list.children) {
      const [begin, end] = this.span(row);
      row.classList.toggle("here", this.video.currentTime >= begin && this.video.currentTime < end);
    }
  }

  keep() {
    const part = (row, name) => row.querySelector(`[data-part=${name}]`).value.trim();
    const lines = [...this.list.children].filter((row) => part(row, "text"));
    const cues = lines.map((row) => `${part(row, "begin")} --> ${part(row, "end")}\n${escaped(part(row, "text")).replace(/\n{2,}/g, "\n")}\n`);
    this.whole.value = ["WEBVTT\n", ...cues].join("\n");
  }
}

document.querySelectorAll("[data-film]").forEach((video) => new Film(video, video.dataset.hls).load(video.dataset.film));
document.querySelectorAll("form[data-captions]").forEach((form) => new Editor(form));
