// How an argument hangs together: premises above, what follows from them below, and a line for each relation.
import { h, s } from "./dom.js";

const WIDTH = 196;
const HEIGHT = 64;
const GAP = 28;
const LEVEL = 84;
const PER_ROW = 4;
const LINE = 25;

/** The drawing of *premises*, *conclusion* and *relations*; a list says the same to those who do not see it. */
export function graph(premises, conclusion, relations) {
  const nodes = new Map(premises.map((premise) => [premise.id, { ...premise }]));
  if (conclusion) nodes.set("C", { id: "C", ...conclusion });
  const known = relations.filter((relation) => nodes.has(relation.to) && relation.from.some((id) => nodes.has(id)));
  const size = layOut(nodes, known);
  const svg = s("svg", { viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height, "aria-hidden": "true" });
  svg.append(arrowHeads());
  for (const relation of known) svg.append(...edge(relation, nodes));
  for (const node of nodes.values()) svg.append(box(node));
  return h("div", { class: "graph wide", tabindex: "0", role: "group", label: "graph.label" }, svg, spoken(known));
}

function layOut(nodes, relations) {
  const level = new Map([...nodes.keys()].map((id) => [id, 0]));
  // As often as there are nodes: a circle of relations ends too.
  for (let turn = 0; turn < nodes.size; turn += 1) {
    for (const { from, to } of relations) {
      const above = Math.max(...from.filter((id) => nodes.has(id)).map((id) => level.get(id)));
      if (to === "C" || level.get(to) <= above) level.set(to, Math.min(Math.max(level.get(to), above + 1), nodes.size));
    }
  }
  if (nodes.has("C")) level.set("C", Math.max(1, ...level.values()));
  const rows = [];
  for (const depth of [...new Set(level.values())].sort((a, b) => a - b)) {
    const here = [...nodes.values()].filter((node) => level.get(node.id) === depth);
    for (let start = 0; start < here.length; start += PER_ROW) rows.push(here.slice(start, start + PER_ROW));
  }
  const widest = Math.max(...rows.map((row) => row.length));
  const width = widest * WIDTH + (widest - 1) * GAP + 4;
  rows.forEach((row, index) => {
    const free = width - row.length * WIDTH - (row.length - 1) * GAP;
    row.forEach((node, place) => {
      node.x = free / 2 + place * (WIDTH + GAP);
      node.y = 2 + index * (HEIGHT + LEVEL);
    });
  });
  return { width, height: rows.length * HEIGHT + (rows.length - 1) * LEVEL + 4 };
}

function arrowHeads() {
  const head = (kind) =>
    s("marker", { id: `arrow-${kind}`, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto" },
      s("path", { d: "M0 0 10 5 0 10z", class: `head ${kind}` }));
  return s("defs", {}, ...["entails", "supports", "contradicts", "assumes"].map(head));
}

function edge(relation, nodes) {
  const target = nodes.get(relation.to);
  const end = { x: target.x + WIDTH / 2, y: target.y };
  const sources = relation.from.filter((id) => nodes.has(id)).map((id) => nodes.get(id));
  const lowest = Math.max(...sources.map((node) => node.y + HEIGHT));
  const joint = { x: end.x, y: lowest < end.y ? (lowest + end.y) / 2 : end.y - LEVEL / 2 };
  const kind = ["entails", "supports", "contradicts", "assumes"].includes(relation.type) ? relation.type : "supports";
  const lines = sources.map((node) => {
    const start = { x: node.x + WIDTH / 2, y: node.y + HEIGHT };
    return s("path", { class: `edge ${kind}`, d: `M${start.x} ${start.y}C${start.x} ${joint.y} ${joint.x} ${start.y} ${joint.x} ${joint.y}` });
  });
  const last = s("path", { class: `edge ${kind}`, d: `M${joint.x} ${joint.y}V${end.y - 1}`, "marker-end": `url(#arrow-${kind})` });
  const text = cut(relation.rule || relation.type, 30);
  const width = 14 + widthOf(text) * 6.6;
  const label = s("g", { class: "rule" },
    s("rect", { x: joint.x - width / 2, y: joint.y - 11, width, height: 22, rx: 11 }),
    s("text", { x: joint.x, y: joint.y + 4, "text-anchor": "middle" }, text));
  return [...lines, last, label];
}

function box(node) {
  const lines = wrap(node.text ?? "", LINE, 2);
  return s("g", { class: node.id === "C" ? "node conclusion" : "node" },
    s("rect", { x: node.x, y: node.y, width: WIDTH, height: HEIGHT, rx: 10 }),
    s("text", { x: node.x + 12, y: node.y + 20, class: "id" }, node.id),
    ...lines.map((line, index) => s("text", { x: node.x + 12, y: node.y + 38 + index * 16 }, line)));
}

function spoken(relations) {
  return h("ul", { class: "quiet" }, relations.map((relation) =>
    h("li", {}, `${relation.from.join(", ")} → ${relation.to}: ${relation.type}${relation.rule ? ` (${relation.rule})` : ""}`)));
}

const widthOf = (text) => [...text].reduce((sum, sign) => sum + (/[\u2E80-\uFFEF]/u.test(sign) ? 1.9 : 1), 0);
const cut = (text, most) => (widthOf(text) > most ? `${[...text].slice(0, most - 1).join("")}…` : text);

function wrap(text, most, lines) {
  const parts = text.match(/[\u2E80-\uFFEF]|[^\s\u2E80-\uFFEF]+\s*|\s+/gu) ?? [];
  const found = [""];
  for (const part of parts) {
    if (widthOf(found.at(-1) + part.trimEnd()) > most && found.at(-1)) {
      if (found.length === lines) {
        found.push(`${[...found.pop().trimEnd()].slice(0, most - 1).join("")}…`);
        break;
      }
      found.push("");
    }
    found.push(found.pop() + part);
  }
  return found.map((line) => cut(line.trimEnd(), most + 1));
}
