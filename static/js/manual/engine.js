// The manual's evaluator in the browser: the same results as decision_manual/evaluator, from the same data (see
// evaluator/browser.py, which writes it). Tested against it with random children.
import { scopeOf, truth } from "./kleene.js";
import { ordered, ways } from "./needs.js";

const SEVERITIES = ["pink", "yellow", "green", "info"];
const DAYS = 1461;
const MONTHS = 48;

export const months = (days) => Math.floor(((days + 1) * MONTHS) / DAYS);
export const firstDay = (completed) => Math.max(0, Math.ceil((completed * DAYS) / MONTHS) - 1);

/** Facts with age, the site's choices and what `unlisted` makes of the rest. */
export function given(data, asked) {
  const { facts: raw, unlisted = "unknown", profile = {} } = asked;
  const days = raw.age_days ?? firstDay(raw.age_months);
  const site = {};
  for (const [key, one] of Object.entries(data.profile)) site[key] = profile[key] ?? one;
  const listed = { age_days: days, age_months: raw.age_months ?? months(days) };
  for (const [key, value] of Object.entries(site)) listed[`profile.${key}`] = value;
  const again = {};
  for (const [code, value] of Object.entries(raw)) {
    if (value === null || code === "age_days" || code === "age_months") continue;
    if (data.again.includes(code)) again[code] = value;
    else listed[code] = value;
  }
  for (const [code, one] of Object.entries(data.findings)) {
    if (one.profile && !Object.hasOwn(listed, code)) listed[code] = site[one.profile];
  }
  return { listed, facts: filled(data, listed, unlisted), again, lenient: lenient(data, unlisted), days };
}

function filled(data, listed, unlisted) {
  if (unlisted !== "negative") return listed;
  const facts = {};
  for (const [code, one] of Object.entries(data.findings)) {
    if (one.type === "bool") facts[code] = false;
    else if (one.normal) facts[code] = one.normal;
  }
  return Object.assign(facts, listed);
}

function lenient(data, unlisted) {
  const kinds = unlisted === "negative" ? ["always", "unlisted"] : ["always"];
  return new Set(Object.keys(data.findings).filter((code) => kinds.includes(data.findings[code].optional)));
}

export const applies = (pathway, child) => pathway.age[0] <= child.days && child.days < pathway.age[1];

/** One pathway: {entered, tables: [{id, entry, hits, open}], needs, again, severity, notExcluded, walked}. */
export function run(pathway, child, chosen = false) {
  const first = scopeOf(pathway, child.facts, child.lenient);
  const due = pathway.again.filter((item) => Object.hasOwn(child.again, item.code) || truth(item.when, first));
  const facts = Object.assign({}, child.facts, ...due.map((item) => child.again[item.code] ?? {}));
  const scope = scopeOf(pathway, facts, child.lenient);
  const strict = scopeOf(pathway, facts, child.lenient, true);
  const entered = chosen ? opened(pathway, child) : gate(pathway.entry, scope, strict);
  const tables = entered === false ? [] : pathway.tables.map((table) => result(table, entered, scope, strict));
  const again = due.filter((item) => !Object.hasOwn(child.again, item.code)).map((item) => item.code);
  const severity = worst(tables.flatMap((table) => table.hits));
  const open = worst(tables.flatMap((table) => table.open));
  return {
    entered,
    tables,
    again,
    severity,
    notExcluded: open && (!severity || rank(open) < rank(severity)) ? open : "",
    needs: needs(pathway, entered, tables, strict),
    walked: walked(entered, tables),
  };
}

function opened(pathway, child) {
  return truth(pathway.entry, scopeOf(pathway, child.listed, new Set())) !== false;
}

function gate(entry, scope, strict) {
  if (truth(entry, scope)) return true;
  return truth(entry, strict) === false ? false : null;
}

const rank = (severity) => SEVERITIES.indexOf(severity);
const worst = (rows) => rows.reduce((w, row) => (w === "" || rank(row.severity) < rank(w) ? row.severity : w), "");

function result(table, entered, scope, strict) {
  let entry = gate(table.entry, scope, strict);
  if (entry === false) return { table, entry, hits: [], open: [] };
  entry = entered ? entry : null;
  const states = table.rows.map((row) => [row, truth(row.when, scope), truth(row.when, strict)]);
  const hits = entry ? hitsOf(table, states) : [];
  return { table, entry, hits, open: openOf(table, states, hits) };
}

function hitsOf(table, states) {
  const held = states.filter(([, shown]) => shown).map(([row]) => row);
  if (table.hit === "first") return held.slice(0, 1);
  return table.hit === "worst" ? held.filter((row) => row.severity === worst(held)) : held;
}

function openOf(table, states, hits) {
  let ahead = states;
  if (hits.length && table.hit === "first") ahead = states.slice(0, table.rows.indexOf(hits[0]));
  if (hits.length && table.hit === "worst") ahead = states.filter(([row]) => rank(row.severity) <= rank(hits[0].severity));
  return ahead.filter(([row, , strictly]) => strictly === null && !hits.includes(row)).map(([row]) => row);
}

function needs(pathway, entered, tables, strict) {
  const found = [];
  const add = (row, expression) => {
    for (const [finding, cost] of ways(true, expression, strict, pathway.findings)) {
      found.push({ finding, severity: row.severity, row: row.id, cost });
    }
  };
  for (const one of tables) {
    for (const row of one.open) add(row, row.when);
    if ((one.entry === null || entered === null) && one.open.length) {
      const row = one.open.reduce((a, b) => (rank(b.severity) < rank(a.severity) ? b : a));
      for (const door of [pathway.entry, one.table.entry]) if (truth(door, strict) === null) add(row, door);
    }
  }
  return ordered(found, new Map(Object.keys(pathway.findings).map((code, index) => [code, index])));
}

function walked(entered, tables) {
  const nodes = ["n-start"];
  if (!entered) return nodes;
  for (const one of tables) {
    if (one.entry) nodes.push(`t-${one.table.id}`);
    if (one.table.hit === "first" && one.hits.length) {
      const ahead = one.table.rows.slice(0, one.table.rows.indexOf(one.hits[0]));
      nodes.push(...ahead.map((row) => `q-${row.id}`));
    }
    for (const row of one.hits) {
      nodes.push(`q-${row.id}`, `n-${row.id}`);
      if (row.actions) nodes.push(`a-${row.id}`);
      if (row.referral) nodes.push(`r-${row.id}`);
    }
  }
  return [...new Set(nodes)];
}
