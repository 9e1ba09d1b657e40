// True, false and null (unknown): the same logic as decision_manual/expressions/kleene.py, over the same lists.
// Numbers are compared as decimals, digit by digit: 0.1 + 0.2 has no place beside a threshold.

/** A decimal as [whole number, how many decimals]. */
function decimal(value) {
  const text = String(value);
  const point = text.indexOf(".");
  if (point < 0) return [BigInt(text), 0];
  return [BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1];
}

/** -1, 0 or 1. */
export function compare(left, right) {
  const [a, decimalsA] = decimal(left);
  const [b, decimalsB] = decimal(right);
  const x = a * 10n ** BigInt(Math.max(0, decimalsB - decimalsA));
  const y = b * 10n ** BigInt(Math.max(0, decimalsA - decimalsB));
  return x < y ? -1 : x > y ? 1 : 0;
}

const TESTS = {
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  eq: (order) => order === 0,
};

export function holds(value, op, limit) {
  return TESTS[op](compare(value, limit));
}

/** What expressions are evaluated in; `strict` reads whatever was not given as unknown. */
export function scopeOf(pathway, facts, lenient, strict = false) {
  return { facts, derived: pathway.derived, scores: pathway.scores, lenient, strict, seen: new Map() };
}

function leaf(scope, name, test) {
  if (Object.hasOwn(scope.facts, name)) return test(scope.facts[name]);
  return scope.lenient.has(name) && !scope.strict ? false : null;
}

function ref(scope, name) {
  if (!scope.seen.has(name)) scope.seen.set(name, truth(scope.derived[name], scope));
  return scope.seen.get(name);
}

function every(items, scope) {
  let result = true;
  for (const item of items) {
    const value = truth(item, scope);
    if (value === false) return false;
    if (value === null) result = null;
  }
  return result;
}

function some(items, scope) {
  let result = false;
  for (const item of items) {
    const value = truth(item, scope);
    if (value === true) return true;
    if (value === null) result = null;
  }
  return result;
}

/** The lowest and the highest sum that the missing findings leave possible. */
export function interval(terms, scope) {
  let low = 0;
  let high = 0;
  for (const [item, points] of terms) {
    const value = truth(item, scope);
    if (value === null) {
      low += Math.min(0, points);
      high += Math.max(0, points);
    } else if (value) {
      low += points;
      high += points;
    }
  }
  return [low, high];
}

function within([low, high], op, limit) {
  if (op === "eq" && low !== high) {
    return compare(low, limit) <= 0 && compare(high, limit) >= 0 ? null : false;
  }
  const first = holds(low, op, limit);
  return first === holds(high, op, limit) ? first : null;
}

/** The value of an expression: true, false, or null for unknown. */
export function truth(node, scope) {
  switch (node[0]) {
    case "const":
      return node[1];
    case "flag":
      return leaf(scope, node[1], (value) => value === true);
    case "cmp":
      return leaf(scope, node[1], (value) => holds(value, node[2], node[3]));
    case "in":
      return leaf(scope, node[1], (value) => node[2].includes(value));
    case "known":
      return Object.hasOwn(scope.facts, node[1]) ? true : scope.strict ? null : false;
    case "ref":
      return ref(scope, node[1]);
    case "score":
      return within(interval(scope.scores[node[1]], scope), node[2], node[3]);
    case "not": {
      const value = truth(node[1], scope);
      return value === null ? null : !value;
    }
    case "all":
      return every(node[1], scope);
    case "any":
      return some(node[1], scope);
    case "count_ge":
      return within(interval(node[2].map((item) => [item, 1]), scope), "ge", node[1]);
    default:
      throw new Error(`not an expression: ${node[0]}`);
  }
}
