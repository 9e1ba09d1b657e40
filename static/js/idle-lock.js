// A desktop that several people share locks after some minutes without a touch. What was typed stays in the page behind an
// opaque backdrop; the server is told to refuse everything of this session until the password comes.

const TELL_EVERY_MS = 60000;
const dialog = document.querySelector("dialog[data-idle-lock]");

class IdleLock {
  constructor(box) {
    this.box = box;
    this.form = box.querySelector("form");
    this.error = box.querySelector("#lock-error");
    this.error.dataset.first = this.error.textContent;
    this.after = Number(box.dataset.idleMinutes) * 60000;
    this.channel = new BroadcastChannel("idle-lock");
    this.channel.onmessage = (event) => this.heard(event.data);
    for (const name of ["pointerdown", "keydown", "scroll", "touchstart"]) {
      addEventListener(name, () => this.touched(), { passive: true, capture: true });
    }
    setInterval(() => this.check(), 5000);
    document.addEventListener("visibilitychange", () => this.check());
    box.addEventListener("cancel", (event) => event.preventDefault());
    box.addEventListener("close", () => { if (this.locked) box.showModal(); });
    this.form.addEventListener("submit", (event) => this.unlock(event));
    this.last = Date.now();
    if ("locked" in box.dataset) this.lock(false);
  }

  touched() {
    if (this.locked) return;
    // Other windows of the same person need to know at most every few seconds.
    if (Date.now() - this.last > 3000) this.channel.postMessage("here");
    this.last = Date.now();
    this.tellServer();
  }

  // Who types for a long time sends nothing else, and must not be locked out by the server meanwhile.
  tellServer() {
    if (!this.box.dataset.hereUrl || Date.now() - (this.told ?? 0) < TELL_EVERY_MS) return;
    this.told = Date.now();
    this.post(this.box.dataset.hereUrl);
  }

  post(url) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    fetch(url, { method: "POST", body, keepalive: true }).catch(() => {});
  }

  heard(word) {
    if (word === "here") this.last = Date.now();
    if (word === "lock" && !this.locked) this.lock(false);
    if (word === "unlock") this.open();
  }

  check() {
    if (!this.locked && Date.now() - this.last >= this.after) this.lock(true);
  }

  lock(tell) {
    this.locked = true;
    for (const menu of document.querySelectorAll("[popover]")) if (menu.matches(":popover-open")) menu.hidePopover();
    for (const open of document.querySelectorAll("dialog[open]")) if (open !== this.box) open.inert = true;
    this.error.hidden = true;
    if (!this.box.open) this.box.showModal();
    document.body.dispatchEvent(new CustomEvent("session:locked"));
    if (!tell) return;
    this.channel.postMessage("lock");
    if (this.box.dataset.lockUrl) this.post(this.box.dataset.lockUrl);
  }

  open() {
    this.locked = false;
    this.last = Date.now();
    this.form.elements.password.value = "";
    for (const other of document.querySelectorAll("dialog[inert]")) other.inert = false;
    this.box.close();
    // The page's socket was closed by the lock.
    document.body.dispatchEvent(new CustomEvent("session:unlocked"));
  }

  async unlock(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.error.hidden = true;
    const answer = await fetch(this.form.action, {
      method: "POST", body: new FormData(this.form), headers: { Accept: "application/json", "X-Requested-With": "idle-lock" },
    }).catch(() => null);
    if (answer?.ok && !answer.redirected) {
      this.channel.postMessage("unlock");
      return this.open();
    }
    // The whole session is gone (signed out elsewhere): only the sign-in page helps.
    if (answer?.redirected || answer?.status === 401) return location.reload();
    const said = await answer?.json().catch(() => null);
    this.error.textContent = said?.title ?? this.error.dataset.first;
    this.error.hidden = false;
    this.form.elements.password.select();
  }
}

if (dialog?.showModal) new IdleLock(dialog);
