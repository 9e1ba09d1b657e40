// HMAC-SHA256 in hex, without waiting: crypto.subtle is asynchronous, and a page that goes away waits for nothing.

const K = [];
const H = [];
for (let number = 2; K.length < 64; number += 1) {
  let prime = true;
  for (let by = 2; by * by <= number; by += 1) if (number % by === 0) prime = false;
  if (!prime) continue;
  const part = (root) => Math.floor((root - Math.floor(root)) * 4294967296) | 0;
  if (H.length < 8) H.push(part(Math.sqrt(number)));
  K.push(part(Math.cbrt(number)));
}
const turn = (word, by) => (word >>> by) | (word << (32 - by));

function sha256(bytes) {
  const size = (((bytes.length + 8) >> 6) + 1) * 64;
  const padded = new DataView(new ArrayBuffer(size));
  bytes.forEach((byte, at) => padded.setUint8(at, byte));
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(size - 8, Math.floor(bytes.length / 536870912));
  padded.setUint32(size - 4, bytes.length * 8);
  const state = [...H];
  for (let block = 0; block < size; block += 64) digest(state, padded, block);
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => out.setInt32(at * 4, word));
  return new Uint8Array(out.buffer);
}

function digest(state, padded, block) {
  const words = [];
  let [a, b, c, d, e, f, g, h] = state;
  for (let at = 0; at < 64; at += 1) {
    if (at < 16) words[at] = padded.getInt32(block + at * 4);
    else {
      const low = words[at - 15];
      const high = words[at - 2];
      words[at] = (words[at - 16] + (turn(low, 7) ^ turn(low, 18) ^ (low >>> 3)) + words[at - 7] + (turn(high, 17) ^ turn(high, 19) ^ (high >>> 10))) | 0;
    }
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[at] + words[at]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] = (state[at] + word) | 0; });
}

// `key` is shorter than a block of 64 bytes, or hashed first.
export function mark(key, text) {
  const encoder = new TextEncoder();
  let secret = encoder.encode(key);
  if (secret.length > 64) secret = sha256(secret);
  const block = (pad) => Array.from({ length: 64 }, (_none, at) => (secret[at] ?? 0) ^ pad);
  const inner = sha256([...block(0x36), ...encoder.encode(text)]);
  return Array.from(sha256([...block(0x5c), ...inner]), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
