// <form data-autosave-url="...">: posts what was typed a moment after the last key, on leaving a field and on leaving the
// page. The draft lives on the server only; the browser stores nothing. The answer may be JSON {"version": n, "saved_at": iso}.

const WAIT_MS = 2500;
const RETRY_MS = 8000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-autosave-state]") ?? document.querySelector(`[data-autosave-state][data-for="${CSS.escape(form.id)}"]`);
    this.dirty = false;
    this.busy = false;
    form.addEventListener("input", () => this.later());
    form.addEventListener("focusout", () => this.save());
    form.addEventListener("submit", (event) => this.sending(event));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(true); });
    addEventListener("online", () => this.save());
    addEventListener("beforeunload", (event) => { if (this.dirty) event.preventDefault(); });
  }

  // What is being kept just now is waited for: the page would else be sent as an edit of the version before it.
  sending(event) {
    if (this.busy) {
      event.preventDefault();
      this.then = event.submitter;
      return;
    }
    this.dirty = false;
    clearTimeout(this.timer);
  }

  later(wait = WAIT_MS) {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  show(state, time = "") {
    if (!this.state) return;
    this.state.dataset.state = state === "saved" || state === "saving" ? state : "error";
    const text = this.state.querySelector("[data-text]") ?? this.state;
    text.textContent = this.state.dataset[state].replace("{time}", time);
  }

  data() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return data;
  }

  async save(leaving = false) {
    if (!this.dirty || this.busy) return;
    clearTimeout(this.timer);
    if (!navigator.onLine) return this.show("offline");
    this.busy = true;
    this.dirty = false;
    try {
      const answer = await fetch(this.form.dataset.autosaveUrl, {
        method: "POST", body: this.data(), keepalive: leaving, headers: { "X-Requested-With": "autosave", Accept: "application/json" },
      });
      if (!answer.ok || answer.redirected) throw Object.assign(new Error("refused"), { answer });
      await this.took(answer);
    } catch (error) {
      this.dirty = true;
      await this.failed(error);
    } finally {
      this.busy = false;
    }
    if (this.then !== undefined) {
      const button = this.then;
      this.then = undefined;
      this.form.requestSubmit(button);
    }
  }

  async took(answer) {
    const said = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    for (const name of ["version", "request_key"]) {
      const field = this.form.elements[name];
      if (field && said[name] !== undefined) field.value = said[name];
    }
    const at = said.saved_at ? new Date(said.saved_at) : new Date();
    this.show("saved", at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false }));
  }

  async failed(error) {
    if (!error.answer) {
      this.show("offline");
      return this.later(RETRY_MS);
    }
    // Refused by the server: say why when it tells, and try again only when something more is typed.
    const said = await error.answer.json?.().catch(() => ({}));
    this.show("error");
    if (said?.detail && this.state) (this.state.querySelector("[data-text]") ?? this.state).textContent = said.detail;
    if (error.answer.status >= 500) this.later(RETRY_MS);
  }
}

function start(root) {
  const forms = root.matches?.("form[data-autosave-url]") ? [root] : root.querySelectorAll("form[data-autosave-url]");
  for (const form of forms) {
    if (form.dataset.autosaving) continue;
    form.dataset.autosaving = "yes";
    new Autosave(form);
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
