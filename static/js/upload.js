// Resumable uploads (tus 1.0). Works on every [data-uploads] block; without this module the plain form in it sends small files.
// Nothing stored in the browser names a file or a child: only a hash of the file's traits and the upload's address.

const STORE = "upload:";
const CHUNK = 16 * 1024 * 1024;
const DELAYS = [0, 1000, 3000, 5000, 10000, 20000, 30000];
// So many files of one act are sent at a time; more of them than MANY are told in one line, not each in its own.
const TOGETHER = 3;
const MANY = 12;
const TEXT_BY_STATUS = { 401: "signedOut", 403: "forbidden", 404: "forbidden", 410: "gone", 413: "tooLarge", 429: "many", 507: "full" };

async function fingerprint(file, caseId) {
  if (!crypto.subtle) return null;
  const traits = new TextEncoder().encode([caseId, file.name, file.size, file.lastModified].join("\n"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", traits));
  return Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What tus-js-client keeps to go on after a reload: the default would store the file's name.
const store = {
  async findAllUploads() { return []; },
  async findUploadsByFingerprint(key) {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE + key) || "null");
      return kept ? [{ ...kept, metadata: {}, urlStorageKey: STORE + key }] : [];
    } catch { return []; }
  },
  async removeUpload(key) { try { localStorage.removeItem(key); } catch { /* private mode */ } },
  async addUpload(key, upload) {
    const kept = { size: upload.size, creationTime: upload.creationTime, uploadUrl: upload.uploadUrl };
    try { localStorage.setItem(STORE + key, JSON.stringify(kept)); } catch { /* private mode: no resume after a reload */ }
    return STORE + key;
  },
};

// What the file is for: a case, or a video of a course.
function about(file, block) { return block.video ? { video: block.video } : { filename: file.name, case: block.case }; }

class Item {
  constructor(block, file) {
    this.block = block;
    this.file = file;
    this.template = block.querySelector("[data-upload-item]");
    this.words = this.template.dataset;
    this.row = this.template.content.firstElementChild.cloneNode(true);
    this.row.querySelector("[data-name]").textContent = file.name;
    this.bar = this.row.querySelector("progress");
    this.state = this.row.querySelector("[data-state]");
    this.row.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act) this[act]();
    });
    block.querySelector("[data-upload-list]").append(this.row);
    this.over = new Promise((done) => { this.end = done; });
  }

  show(text, { buttons, failed = false }) {
    this.state.textContent = text;
    this.row.classList.toggle("failed", failed);
    this.row.querySelectorAll("[data-act]").forEach((each) => { each.hidden = !buttons.includes(each.dataset.act); });
    if (failed) this.row.hidden = false;
  }

  percent(text) { return text.replace("{percent}", String(Math.floor(this.bar.value))); }

  sending() { this.show(this.percent(this.words.sending), { buttons: ["pause", "cancel"] }); }

  wait() { this.show(this.words.queued, { buttons: ["cancel"] }); }

  fail(text) {
    this.show(text, { buttons: ["retry", "cancel"], failed: true });
    this.end(false);
  }

  async start() {
    if (this.gone) return;
    const fault = this.file.size === 0 ? this.words.empty : this.file.size > Number(this.block.dataset.most) ? this.words.tooLarge : "";
    if (fault) {
      this.show(fault, { buttons: ["cancel"], failed: true });
      this.end(false);
      return;
    }
    const key = await fingerprint(this.file, this.block.dataset.case || this.block.dataset.video);
    this.upload = new window.tus.Upload(this.file, this.options(key));
    const earlier = key ? await this.upload.findPreviousUploads() : [];
    if (earlier.length) this.upload.resumeFromPreviousUpload(earlier[0]);
    this.sending();
    this.upload.start();
  }

  options(key) {
    return {
      endpoint: this.block.dataset.url,
      chunkSize: CHUNK,
      retryDelays: DELAYS,
      metadata: about(this.file, this.block.dataset),
      headers: { "X-CSRFToken": this.block.querySelector("[name=csrfmiddlewaretoken]").value, "Idempotency-Key": uuid() },
      fingerprint: async () => key,
      urlStorage: store,
      storeFingerprintForResuming: Boolean(key),
      removeFingerprintOnSuccess: true,
      onProgress: (sent, total) => { this.bar.value = total ? (100 * sent) / total : 100; this.sending(); },
      onShouldRetry: (error, attempt) => this.retries(error, attempt),
      onError: (error) => this.failed(error),
      onSuccess: () => this.done(),
    };
  }

  retries(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    // Too many at once (429) is waited for when it is one of many files; a lone one tells the person.
    const again = status === 0 || status === 409 || status === 423 || status === 460 || (status >= 500 && status !== 507) || (status === 429 && this.ofMany);
    if (again) this.show(this.words.waiting, { buttons: ["pause", "cancel"] });
    return again;
  }

  failed(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    this.fail(this.words[TEXT_BY_STATUS[status]] || this.words.failed);
  }

  done() {
    this.bar.value = 100;
    this.show(this.words.done, { buttons: [] });
    if (!this.ofMany) changed();
    this.end(true);
    setTimeout(() => this.row.remove(), 4000);
  }

  pause() {
    this.upload.abort();
    this.show(this.percent(this.words.paused), { buttons: ["resume", "cancel"] });
  }

  resume() { this.sending(); this.upload.start(); }

  retry() { if (this.upload) this.resume(); else this.start(); }

  async cancel() {
    this.gone = true;
    this.row.remove();
    this.end(false);
    try { await this.upload?.abort(true); } catch { /* the server clears it away by itself */ }
  }
}

function changed() { document.body.dispatchEvent(new CustomEvent("files:changed", { bubbles: true })); }

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// One act: its files are sent a few at a time. Of many, each has a line of its own only when something is wrong with it.
async function take(block, files) {
  const items = Array.from(files, (file) => new Item(block, file));
  const many = items.length > MANY ? new Many(block, items) : null;
  for (const item of items) {
    item.ofMany = Boolean(many);
    item.row.hidden = Boolean(many);
    item.wait();
  }
  const waiting = [...items];
  const send = async () => {
    for (let item = waiting.shift(); item; item = waiting.shift()) {
      item.start();
      await item.over;
      many?.tell();
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, send));
}

// The line that stands for many files.
class Many {
  constructor(block, items) {
    this.count = items.length;
    this.over = 0;
    const template = block.querySelector("[data-upload-item]");
    this.words = template.dataset;
    this.row = template.content.firstElementChild.cloneNode(true);
    this.row.querySelectorAll("[data-act]").forEach((button) => { button.hidden = true; });
    this.row.querySelector("[data-name]").textContent = this.words.series.replace("{count}", String(this.count));
    this.bar = this.row.querySelector("progress");
    this.bar.max = this.count;
    block.querySelector("[data-upload-list]").prepend(this.row);
    this.say();
  }

  say() {
    this.bar.value = this.over;
    this.row.querySelector("[data-state]").textContent = this.words.sent.replace("{number}", String(this.over)).replace("{count}", String(this.count));
  }

  tell() {
    this.over += 1;
    this.say();
    if (this.over % 20 === 0 || this.over === this.count) changed();
    if (this.over === this.count) setTimeout(() => this.row.remove(), 4000);
  }
}

function prepare(block) {
  if (block.dataset.ready || !window.tus?.isSupported) return;
  block.dataset.ready = "yes";
  block.querySelectorAll("[data-plain]").forEach((each) => { each.hidden = true; });
  block.querySelectorAll("[data-camera]").forEach((each) => { each.hidden = false; });
  block.querySelectorAll("input[type=file]").forEach((input) => {
    const sendChosen = () => {
      if (!input.files.length) return;
      take(block, input.files);
      input.value = "";
    };
    input.addEventListener("change", sendChosen);
    sendChosen(); // what was chosen before this module was there
  });
  dropping(block, block.querySelector("[data-drop]"));
}

function dropping(block, zone) {
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(block, event.dataTransfer.files);
  });
}

const prepareAll = () => document.querySelectorAll("[data-uploads]").forEach(prepare);
document.addEventListener("htmx:load", prepareAll);
prepareAll();
