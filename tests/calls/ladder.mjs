// Reads cases as JSON lines and says what the ladder decides: the page's own module, run by Node.
import { createInterface } from "node:readline";
import { Ladder, startingRung } from "../../static/js/calls/ladder.js";

const limits = { connectMs: 3000, lostMs: 3000, window: 3, videoLoss: 0.12, videoKbps: 90, frozen: 0.5, audioLoss: 0.35 };
const calm = { peers: 1, connected: 1, failed: false, flows: true, camera: true, loss: 0, kbps: 800, frozen: false };

for await (const line of createInterface({ input: process.stdin })) {
  const { start, rung, samples } = JSON.parse(line);
  if (start) { console.log(JSON.stringify(startingRung(start))); continue; }
  const ladder = new Ladder(rung, 0, limits);
  const said = samples.map((sample, second) => ladder.weigh({ ...calm, ...sample }, (second + 1) * 1000));
  console.log(JSON.stringify({ said: said.filter((one) => one && Object.keys(one).length), numbers: ladder.numbers(samples.length * 1000) }));
}
