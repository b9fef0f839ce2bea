// Lays out and shows what something weighs.
//
// In: `#blocks`, nested arrays `[kind, name, bytes, [inner]]`. Out: rectangles, each with an area after its bytes.
// Holds: names become text, never markup; no more rectangles are made than can be seen.
"use strict";

const MOST_SHOWN = 6000;
const MOST_BESIDE = 1000;
const HEADER = 17;
const PAD = 2;
const MOST_LISTED = 60;

const map = document.getElementById("map");
const path = document.getElementById("path");
const details = document.getElementById("details");
const query = document.getElementById("query");
const found = document.getElementById("found");

/** Each block knows what it is in. */
const build = ([kind, name, bytes, inner = []], parent = null) => {
  const block = { kind, name: name || kind, bytes, parent, inner: [], element: null };
  block.inner = grouped(inner.map((one) => build(one, block)).sort((a, b) => b.bytes - a.bytes), block);
  return block;
};

/** Of very many beside one another, the smallest stand in a block of their own, so that all have their room. */
const grouped = (blocks, parent) => {
  for (const block of blocks) block.parent = parent;
  if (blocks.length <= MOST_BESIDE) return blocks;
  const rest = blocks.slice(MOST_BESIDE);
  const bytes = rest.reduce((sum, block) => sum + block.bytes, 0);
  const more = { kind: "more", name: `${rest.length} more`, bytes, parent, inner: [], element: null };
  more.inner = grouped(rest, more);
  return [...blocks.slice(0, MOST_BESIDE), more].sort((a, b) => b.bytes - a.bytes);
};

const root = build(JSON.parse(document.getElementById("blocks").textContent));
let here = root;
let current = root;
let matches = new Set();
let holders = new Set();

const size = (bytes) => {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit + 1 < units.length) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
};

const share = (part, whole) => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;

const ancestors = (block) => (block ? [...ancestors(block.parent), block] : []);

const pathOf = (block) => ancestors(block).map((one) => one.name).join(" / ");

/** The worst ratio of sides in a row of these areas along a side. */
const worst = (sum, least, most, side) => Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));

/** Squarified rows: Bruls, Huizing and van Wijk, "Squarified Treemaps". */
const squarify = (blocks, frame, place) => {
  const total = blocks.reduce((sum, block) => sum + block.bytes, 0);
  if (total === 0) return;
  const scale = (frame.w * frame.h) / total;
  let { x, y, w, h } = frame;
  let at = 0;
  while (at < blocks.length && w > 0.5 && h > 0.5) {
    const side = Math.min(w, h);
    let end = at;
    let sum = 0;
    let ratio = Infinity;
    while (end < blocks.length) {
      const area = blocks[end].bytes * scale;
      if (area <= 0) break;
      const next = worst(sum + area, area, blocks[at].bytes * scale, side);
      if (next > ratio) break;
      ratio = next;
      sum += area;
      end += 1;
    }
    if (end === at) return;
    const thick = sum / side;
    let along = 0;
    for (const block of blocks.slice(at, end)) {
      const long = (block.bytes * scale) / thick;
      place(block, w >= h ? { x, y: y + along, w: thick, h: long } : { x: x + along, y, w: long, h: thick });
      along += long;
    }
    if (w >= h) {
      x += thick;
      w -= thick;
    } else {
      y += thick;
      h -= thick;
    }
    at = end;
  }
};

const element = (block, frame, level) => {
  const made = document.createElement("div");
  made.className = `block ${block.kind}${block.inner.length ? "" : " leaf"}`;
  if (matches.has(block)) made.classList.add("match");
  if (holders.has(block)) made.classList.add("holds");
  made.style.left = `${frame.x}px`;
  made.style.top = `${frame.y}px`;
  made.style.width = `${frame.w}px`;
  made.style.height = `${frame.h}px`;
  made.setAttribute("role", "treeitem");
  made.setAttribute("aria-level", String(level));
  made.setAttribute("aria-label", `${block.kind} ${block.name}, ${size(block.bytes)}, ${share(block.bytes, root.bytes)}`);
  made.tabIndex = -1;
  if (frame.w > 30 && frame.h > 14) made.textContent = frame.w > 120 ? `${block.name} ${size(block.bytes)}` : block.name;
  made.block = block;
  block.element = made;
  return made;
};

/** Shows `here` and what is in it, the largest first, level by level. */
const draw = () => {
  for (const child of map.children) child.block.element = null;
  const all = document.createDocumentFragment();
  let open = [[here, { x: 0, y: 0, w: map.clientWidth, h: map.clientHeight }, 1]];
  let shown = 0;
  while (open.length && shown < MOST_SHOWN) {
    const next = [];
    for (const [block, frame, level] of open) {
      if (shown >= MOST_SHOWN) break;
      all.append(element(block, frame, level));
      shown += 1;
      const inside = { x: frame.x + PAD, y: frame.y + HEADER, w: frame.w - 2 * PAD, h: frame.h - HEADER - PAD };
      if (!block.inner.length || inside.w < 12 || inside.h < 8) continue;
      squarify(block.inner, inside, (inner, at) => {
        if (at.w >= 2.5 && at.h >= 2.5) next.push([inner, at, level + 1]);
      });
    }
    open = next;
  }
  map.replaceChildren(all);
  map.classList.toggle("asked", matches.size > 0);
  drawPath();
  choose(ancestors(current).includes(here) && current.element ? current : here, false);
};

const button = (text, action) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", action);
  return made;
};

const drawPath = () => {
  const steps = ancestors(here).map((block) => {
    const made = button(block.name, () => go(block));
    if (block === here) made.setAttribute("aria-current", "location");
    return made;
  });
  path.replaceChildren(...steps);
};

const go = (block) => {
  const was = here;
  here = block.inner.length ? block : (block.parent ?? block);
  current = block === here && ancestors(was).includes(here) ? was : block;
  draw();
  current.element?.focus();
};

/** Makes a block the one that keys act on. */
const choose = (block, focus = true) => {
  if (current.element) {
    current.element.classList.remove("current");
    current.element.tabIndex = -1;
  }
  current = block;
  if (block.element) {
    block.element.classList.add("current");
    block.element.tabIndex = 0;
    if (focus) block.element.focus({ preventScroll: true });
  }
  describe(block);
};

const listed = (blocks, action) => {
  const list = document.createElement("ol");
  for (const block of blocks.slice(0, MOST_LISTED)) {
    const made = button("", () => action(block));
    const [name, bytes] = [document.createElement("span"), document.createElement("span")];
    name.textContent = block.name;
    bytes.textContent = size(block.bytes);
    made.append(name, bytes);
    const item = document.createElement("li");
    item.append(made);
    list.append(item);
  }
  if (blocks.length > MOST_LISTED) {
    const item = document.createElement("li");
    item.textContent = `… ${blocks.length - MOST_LISTED} more`;
    list.append(item);
  }
  return list;
};

const heading = (level, text) => {
  const made = document.createElement(level);
  made.textContent = text;
  return made;
};

const describe = (block) => {
  const facts = document.createElement("dl");
  const fact = (name, value) => facts.append(heading("dt", name), heading("dd", value));
  fact("kind", block.kind);
  fact("bytes", `${block.bytes} (${size(block.bytes)})`);
  fact("of all", share(block.bytes, root.bytes));
  if (block.parent) fact(`of ${block.parent.name}`, share(block.bytes, block.parent.bytes));
  fact("path", pathOf(block));
  const shown = [heading("h2", block.name), facts];
  if (block.inner.length) shown.push(heading("h3", "Inside"), listed(block.inner, reveal));
  if (matches.size) shown.push(heading("h3", "Found"), listed([...matches], reveal));
  details.replaceChildren(...shown);
};

/** Goes to where a block can be seen, and chooses it. */
const reveal = (block) => {
  if (!block.element) here = block.inner.length ? block : (block.parent ?? block);
  current = block;
  draw();
  choose(block.element ? block : here);
};

const everything = (block, each) => {
  each(block);
  block.inner.forEach((inner) => everything(inner, each));
};

/** Marks what has the words in its name; the bytes of a match inside a match count once. */
const search = () => {
  const words = query.value.trim().toLowerCase();
  matches = new Set();
  holders = new Set();
  let bytes = 0;
  if (words) {
    everything(root, (block) => {
      if (!block.name.toLowerCase().includes(words)) return;
      matches.add(block);
      const around = ancestors(block.parent);
      if (!around.some((one) => matches.has(one))) bytes += block.bytes;
      around.forEach((one) => holders.add(one));
    });
    matches = new Set([...matches].sort((a, b) => b.bytes - a.bytes));
  }
  found.textContent = words ? `${matches.size} found, ${size(bytes)} (${share(bytes, root.bytes)})` : "";
  draw();
};

const sibling = (block, by) => {
  if (block === here || !block.parent) return block;
  const all = block.parent.inner.filter((one) => one.element);
  return all[Math.min(Math.max(all.indexOf(block) + by, 0), all.length - 1)] ?? block;
};

const keys = {
  ArrowRight: () => choose(sibling(current, 1)),
  ArrowLeft: () => choose(sibling(current, -1)),
  ArrowDown: () => choose(current.inner.find((one) => one.element) ?? current),
  ArrowUp: () => choose(current === here ? here : (current.parent ?? here)),
  Home: () => choose(here),
  Enter: () => go(current),
  " ": () => go(current),
  Escape: () => go(here.parent ?? root),
  Backspace: () => go(here.parent ?? root),
};

map.addEventListener("keydown", (event) => {
  const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === query) return;
  event.preventDefault();
  query.focus();
  query.select();
});

map.addEventListener("click", (event) => {
  const block = event.target.block;
  if (block) go(block);
});

map.addEventListener("pointerover", (event) => {
  const block = event.target.block;
  if (!block) return;
  event.target.title = `${pathOf(block)}\n${size(block.bytes)}, ${share(block.bytes, root.bytes)}`;
  describe(block);
});

map.addEventListener("pointerleave", () => describe(current));

query.addEventListener("input", search);
query.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  query.value = "";
  search();
  here.element?.focus();
});

document.getElementById("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const [first] = matches;
  if (first) reveal(first);
});

addEventListener("resize", draw);
draw();
