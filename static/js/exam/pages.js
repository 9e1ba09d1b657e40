// One question at a time where the exam wants it so, the map of all questions, and how many are answered.

const ANSWERS = "input:not([type=hidden]), select, textarea";

function isAnswered(section) {
  return [...section.querySelectorAll(ANSWERS)].some((field) => {
    if (field.name.endsWith("-flag") || field.name.endsWith("-unit")) return false;
    if (field.type === "radio" || field.type === "checkbox") return field.checked;
    if (field.name.includes("-order-")) return section.dataset.touched === "yes" || Number(section.dataset.seq) > 0;
    return field.value.trim() !== "";
  });
}

export class Pages {
  constructor(form, sections) {
    this.form = form;
    this.sections = sections;
    this.list = [...sections.values()];
    this.before = document.getElementById("exam-before");
    this.next = document.getElementById("exam-next");
    form.addEventListener("change", (event) => {
      const section = event.target.closest?.("[data-exam-question]");
      if (section && !event.target.name?.endsWith("-flag")) section.dataset.touched = "yes";
    });
    addEventListener("hashchange", () => this.go(this.wanted(), true));
    this.before?.addEventListener("click", () => this.step(-1));
    this.next?.addEventListener("click", () => this.step(1));
    this.go(this.wanted(), false);
    this.count();
  }

  wanted() {
    const here = this.list.findIndex((section) => `#${section.id}` === location.hash);
    return Math.max(here, 0);
  }

  step(by) {
    const place = Math.min(Math.max(this.place + by, 0), this.list.length - 1);
    history.replaceState(null, "", `#${this.list[place].id}`);
    this.go(place, true);
  }

  go(place, moved) {
    if (!("one" in this.form.dataset)) return;
    this.place = place;
    this.list.forEach((section, at) => { section.hidden = at !== place; });
    if (this.before) this.before.hidden = place === 0;
    if (this.next) this.next.hidden = place === this.list.length - 1;
    for (const link of document.querySelectorAll("[data-map]")) {
      if (link.hash === `#${this.list[place].id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (moved) {
      this.list[place].focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
  }

  mark(position) {
    const section = this.sections.get(position);
    const link = document.querySelector(`[data-map="${position}"]`);
    const answered = isAnswered(section);
    const flagged = section.querySelector('[name$="-flag"]').checked;
    link.classList.toggle("is-answered", answered);
    link.classList.toggle("is-flagged", flagged);
    const words = link.querySelector("[data-map-words]");
    words.textContent = [answered ? words.dataset.answered : words.dataset.open, ...(flagged ? [words.dataset.flagged] : [])].join(", ");
    this.count();
  }

  count() {
    const told = document.getElementById("exam-count");
    const answered = document.querySelectorAll("[data-map].is-answered").length;
    told.textContent = told.dataset.said.replace("{n}", answered).replace("{of}", this.list.length);
  }
}
