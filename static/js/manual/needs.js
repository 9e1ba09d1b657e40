// What is worth asking next; the same as decision_manual/evaluator/needs.py.
import { truth } from "./kleene.js";

const SEVERITIES = ["pink", "yellow", "green", "info"];

/** Each finding once, with the worst it could bring about; worst first, then cheapest, then in the page's order. */
export function ordered(needs, order) {
  const rank = (need) => [SEVERITIES.indexOf(need.severity), need.cost, order.get(need.finding) ?? order.size];
  const sorted = needs
    .map((need) => [need, rank(need)])
    .sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const best = new Map();
  for (const [need] of sorted) if (!best.has(need.finding)) best.set(need.finding, need);
  return [...best.values()];
}

/** finding -> effort of the cheapest way to `wanted` that takes it in; empty when the value stands already. */
export function ways(wanted, node, scope, findings) {
  if (truth(node, scope) !== null) return new Map();
  const into = (to, item) => ways(to, item, scope, findings);
  switch (node[0]) {
    case "flag":
    case "cmp":
    case "in":
    case "known":
      return new Map([[node[1], findings[node[1]]?.effort ?? 1]]);
    case "ref":
      return into(wanted, scope.derived[node[1]]);
    case "not":
      return into(!wanted, node[1]);
    case "all":
      return wanted ? every(node[1].map((item) => into(true, item))) : either(node[1].map((item) => into(false, item)));
    case "any":
      return wanted ? either(node[1].map((item) => into(true, item))) : every(node[1].map((item) => into(false, item)));
    case "count_ge":
      return either(node[2].map((item) => into(wanted, item)));
    case "score":
      return either(scope.scores[node[1]].map(([item]) => into(true, item)));
    default:
      return new Map();
  }
}

function either(routes) {
  const found = new Map();
  for (const route of routes) keepCheapest(found, route, 0);
  return found;
}

function every(routes) {
  const open = routes.filter((route) => route.size);
  const total = open.reduce((sum, route) => sum + Math.min(...route.values()), 0);
  const found = new Map();
  for (const route of open) keepCheapest(found, route, total - Math.min(...route.values()));
  return found;
}

function keepCheapest(found, route, others) {
  for (const [name, cost] of route) {
    found.set(name, Math.min(cost + others, found.get(name) ?? Infinity));
  }
}
