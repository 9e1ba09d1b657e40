// Reads {data} and then one {asked} a line; writes what the browser's evaluator makes of each, a line each.
import { createInterface } from "node:readline";
import { applies, given, run } from "../../static/js/manual/engine.js";

let data = null;
for await (const line of createInterface({ input: process.stdin })) {
  const value = JSON.parse(line);
  if (!data) {
    data = value;
    continue;
  }
  const child = given(data, value);
  const told = {};
  for (const pathway of data.pathways) {
    if (!applies(pathway, child)) continue;
    const out = run(pathway, child, value.chosen);
    told[pathway.id] = {
      entered: out.entered,
      hits: out.tables.flatMap((table) => table.hits.map((row) => row.id)),
      open: out.tables.flatMap((table) => table.open.map((row) => row.id)),
      needs: out.needs.map((need) => [need.finding, need.severity, need.row, need.cost]),
      again: out.again,
      severity: out.severity,
      notExcluded: out.notExcluded,
      walked: out.walked,
    };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
