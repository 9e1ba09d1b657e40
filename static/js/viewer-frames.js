// Frames of a stack: fetched ahead in the direction of travel, decoded ahead, forgotten again within limits of memory.
// Blobs and bitmaps are kept in memory only: responses are no-store.

const AT_ONCE = 5; // requests ahead; a browser opens six to one host, one stays free for the picture that is wanted now
const AHEAD = { small: 40, codes: 8 };
const BEHIND = 8;
const DECODED_AHEAD = 6;
const MOST_BLOB_BYTES = 48 * 1024 * 1024;
const MOST_BITMAP_BYTES = 64 * 1024 * 1024;
// Codes are numbers, not colours: nothing may be converted on the way.
const AS_THEY_ARE = { colorSpaceConversion: "none", premultiplyAlpha: "none" };

export class Frames {
  // `address(number, size)` names a frame; `heard(loaded)` is told how many small ones are there.
  constructor({ count, address, heard }) {
    Object.assign(this, { count, address, heard });
    this.held = new Map(); // address -> {number, blob: Promise, bytes, bitmap: Promise, controller, ...}
    this.direction = 1;
    this.at = 1;
    this.size = "small";
    this.frugal = Boolean(navigator.connection?.saveData);
  }

  // The picture of `number`, decoded. Whatever is on its way for other numbers keeps out of its way.
  async bitmap(number, size) {
    const one = this.fetched(number, size);
    one.wanted = true;
    one.bitmap ??= this.decoded(one, size);
    return one.bitmap;
  }

  // Where the reader is now: what lies ahead is fetched, the rest is forgotten.
  moved(number, size) {
    if (number !== this.at) this.direction = number > this.at ? 1 : -1;
    this.at = number;
    this.size = size;
    this.abandon();
    this.fetched(number, size).blob.catch(() => {});
    this.ahead();
    this.forget();
  }

  fetched(number, size) {
    const url = this.address(number, size);
    const known = this.held.get(url);
    if (known) return known;
    const one = { number, size, url, bytes: 0, startedAt: performance.now(), controller: new AbortController() };
    one.blob = this.fetch(one);
    one.blob.catch(() => {}).finally(() => { one.done = true; this.ahead(); });
    this.held.set(url, one);
    return one;
  }

  async fetch(one) {
    try {
      const reply = await fetch(one.url, { credentials: "same-origin", signal: one.controller.signal });
      if (!reply.ok) throw new Error(String(reply.status));
      const blob = await reply.blob();
      one.bytes = blob.size;
      one.network = performance.now() - one.startedAt;
      this.heard(this.loaded());
      return blob;
    } catch (error) {
      this.held.delete(one.url);
      throw error;
    }
  }

  async decoded(one, size) {
    try {
      const blob = await one.blob;
      const bitmap = await createImageBitmap(blob, size === "codes" ? AS_THEY_ARE : undefined);
      one.pixels = bitmap.width * bitmap.height * 4;
      return bitmap;
    } catch (error) {
      one.bitmap = undefined;
      throw error;
    }
  }

  loaded() {
    const here = [...this.held.values()].filter((one) => one.bytes && one.size === this.size && one.url === this.address(one.number, one.size));
    return here.length;
  }

  numbersAhead() {
    const far = this.frugal ? 4 : AHEAD[this.size] ?? 0;
    const steps = Array.from({ length: far }, (_, step) => this.at + this.direction * (step + 1));
    const back = Array.from({ length: Math.min(BEHIND, far) }, (_, step) => this.at - this.direction * (step + 1));
    return [...steps, ...back].filter((number) => number >= 1 && number <= this.count);
  }

  ahead() {
    const numbers = this.numbersAhead();
    for (const number of numbers) {
      if (this.underway() >= AT_ONCE) break;
      this.fetched(number, this.size);
    }
    for (const number of numbers.slice(0, DECODED_AHEAD)) this.decodeWhenHere(number);
  }

  decodeWhenHere(number) {
    const one = this.held.get(this.address(number, this.size));
    if (!one || one.bitmap || !one.bytes) return;
    one.bitmap = this.decoded(one, this.size);
    one.bitmap.catch(() => {});
  }

  underway() { return [...this.held.values()].filter((one) => !one.done).length; }

  // A jump: what was on its way for where nobody looks any more is given up.
  abandon() {
    const near = new Set([this.at, ...this.numbersAhead()]);
    for (const one of this.held.values()) {
      if (!one.done && !near.has(one.number)) one.controller.abort();
    }
  }

  forget() {
    const byDistance = [...this.held.values()].filter((one) => one.done)
      .sort((a, b) => Math.abs(b.number - this.at) - Math.abs(a.number - this.at));
    let blobs = sum(byDistance, "bytes");
    let bitmaps = sum(byDistance, "pixels");
    for (const one of byDistance) {
      if (one.number === this.at) continue;
      if (bitmaps > MOST_BITMAP_BYTES && one.pixels) bitmaps -= this.release(one);
      if (blobs > MOST_BLOB_BYTES) {
        bitmaps -= this.release(one);
        blobs -= one.bytes;
        this.held.delete(one.url);
      }
    }
  }

  release(one) {
    const pixels = one.pixels ?? 0;
    one.bitmap?.then((bitmap) => bitmap.close(), () => {});
    one.bitmap = one.pixels = undefined;
    return pixels;
  }
}

function sum(list, name) { return list.reduce((total, one) => total + (one[name] ?? 0), 0); }
