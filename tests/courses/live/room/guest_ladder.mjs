// Reads cases as JSON lines and says by which ways a guest goes: the page's own module, run by Node.
import { createInterface } from "node:readline";
import { GuestLadder } from "../../../../static/js/lectures/guest_ladder.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { ways, connections, flows } = JSON.parse(line);
  const tries = [];
  const ladder = new GuestLadder({ ways, connections, tried: (rung, cause) => tries.push([rung, cause]), limits: { connectMs: 2000, lostMs: 2000 } });
  ladder.begin(0);
  flows.forEach((one, second) => {
    const now = (second + 1) * 1000;
    if (ladder.weigh({ flows: one }, now)) ladder.begin(now);
  });
  console.log(JSON.stringify({ rung: ladder.rung, tries }));
}
