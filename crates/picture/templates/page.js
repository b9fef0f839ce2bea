// The page of `withe graph --as html`: moving, zooming, folding, finding, explaining.
//
// In: the drawing of the outermost level, those of what is inside as templates in `defs`, and the scene as JSON.
// Holds: text from the scene is only ever set as text. Nothing is asked of the network.
"use strict";
(() => {
  const svgNamespace = "http://www.w3.org/2000/svg";
  const byId = (id) => document.getElementById(id);
  const scene = JSON.parse(byId("scene").textContent);
  const canvas = byId("canvas");
  const camera = byId("camera");
  const details = byId("details");

  // ---- Levels: reading the drawing, and laying it out again when something is unfolded.

  const numbers = (text) => (text ? text.split(" ").map(Number) : []);
  const children = (element, name) => [...element.children].filter((child) => child.classList.contains(name));
  const innerPad = 18;
  const most = 4000;
  let cardCount = 0;

  /** What the script knows of a drawn level. */
  function readLevel(element) {
    const boxed = (child) => {
      const [x, y, width, height] = numbers(child.dataset.box);
      return { element: child, x, y, width, height, inner: null, isOpen: false, level: null };
    };
    const cards = children(element, "card").map(boxed);
    const labels = children(element, "label").map(boxed);
    const wires = children(element, "wire").map((child) => ({
      element: child,
      hit: addHit(child),
      from: Number(child.dataset.from),
      to: Number(child.dataset.to),
      isCut: child.classList.contains("cut"),
      way: numbers(child.dataset.way),
    }));
    const level = {
      element,
      of: element.dataset.level,
      isTurned: element.dataset.turned === "yes",
      width: Number(element.dataset.width),
      height: Number(element.dataset.height),
      cards,
      boxes: cards.concat(labels),
      wires,
    };
    cardCount += cards.length;
    for (const card of cards) {
      card.level = level;
      card.nodes = numbers(card.element.dataset.nodes);
      cardOf.set(card.element, card);
      if (card.element.dataset.inner !== undefined) {
        card.element.setAttribute("aria-expanded", "false");
        showFold(card);
      }
    }
    levelOf.set(element, level);
    for (const card of cards) sizeFarName(card);
    return level;
  }

  /** A wide unseen line, so that a thin one can be pointed at. */
  function addHit(wire) {
    const hit = document.createElementNS(svgNamespace, "path");
    hit.setAttribute("class", "hit");
    hit.setAttribute("d", wire.getAttribute("d"));
    hit.dataset.edges = wire.dataset.edges;
    wire.after(hit);
    return hit;
  }

  /** The triangle in the corner of a card that can be unfolded. */
  function showFold(card) {
    let mark = children(card.element, "fold")[0];
    if (!mark) {
      mark = document.createElementNS(svgNamespace, "path");
      mark.setAttribute("class", "fold");
      card.element.append(mark);
    }
    const x = (card.isOpen ? card.shownWidth : card.width) - 20;
    mark.setAttribute("d", card.isOpen ? `M${x},12h10l-5,8z` : `M${x + 2},10l8,5l-8,5z`);
  }

  /** From far away a card shows only its name, as large as fits. */
  function sizeFarName(card) {
    const name = children(card.element, "head")[0];
    const size = Math.min(30, (13 * (card.width - 16)) / Math.max(1, name.getComputedTextLength()));
    name.style.setProperty("--far", `${size}px`);
  }

  const cardOf = new WeakMap();
  const levelOf = new WeakMap();
  const whole = readLevel(children(camera, "level")[0]);

  // A level is a row of columns, or, when it is turned, a column of rows: "along" is the direction of the wires, and
  // "across" the other one.
  // Coordinates are rounded; gaps are much wider than this.
  const near = 0.4;
  const alongOf = (level) => (level.isTurned ? ["y", "height"] : ["x", "width"]);
  const acrossOf = (level) => (level.isTurned ? ["x", "width"] : ["y", "height"]);
  const end = (box, [at, size]) => box[at] + box[size];
  const growth = (box, [, size]) => box[size === "width" ? "shownWidth" : "shownHeight"] - box[size];

  /** For each column with open cards: where it is, what it grows along the wires, and where it grows across. */
  function columnsOf(level, open) {
    const [along, across] = [alongOf(level), acrossOf(level)];
    const columns = new Map();
    for (const box of open) {
      const start = box[along[0]];
      if (!columns.has(start)) {
        const same = level.cards.filter((card) => card[along[0]] === start);
        columns.set(start, { start, end: Math.max(...same.map((card) => end(card, along))), by: 0, stops: [] });
      }
      const column = columns.get(start);
      column.by = Math.max(column.by, growth(box, along));
      column.stops.push({ at: end(box, across), by: growth(box, across) });
    }
    return [...columns.values()];
  }

  const sum = (list) => list.reduce((total, entry) => total + entry.by, 0);

  /** How far something at a place moves along the wires: by all columns before it. */
  const shiftAlong = (columns, at) => sum(columns.filter((column) => column.end <= at + near));

  /** How far it moves across: by the open cards before it in its own column. */
  function shiftAcross(columns, along, across) {
    const own = columns.find((column) => column.start - near <= along && along <= column.end + near);
    return own ? sum(own.stops.filter((stop) => stop.at <= across + near)) : 0;
  }

  /** Where a point of the original layout is now. */
  function shifted(level, columns, { x, y }) {
    const [along, across] = level.isTurned ? [y, x] : [x, y];
    const [a, b] = [along + shiftAlong(columns, along), across + shiftAcross(columns, along, across)];
    return level.isTurned ? { x: b, y: a } : { x: a, y: b };
  }

  /** Gives everything in a level its place and returns the level's size. */
  function layOut(level) {
    const open = level.cards.filter((card) => card.isOpen);
    for (const card of open) {
      const size = layOut(card.inner);
      card.shownWidth = Math.max(card.width, size.width + 2 * innerPad);
      card.shownHeight = card.height + size.height + innerPad;
      card.inner.element.setAttribute("transform", `translate(${(card.shownWidth - size.width) / 2},${card.height})`);
    }
    const columns = columnsOf(level, open);
    for (const box of level.boxes) {
      const place = shifted(level, columns, box);
      [box.shownX, box.shownY] = [place.x, place.y];
      if (!box.isOpen) [box.shownWidth, box.shownHeight] = [box.width, box.height];
      box.element.setAttribute("transform", `translate(${box.shownX},${box.shownY})`);
    }
    for (const card of level.cards.filter((card) => card.element.dataset.inner !== undefined)) {
      showSize(card);
    }
    for (const wire of level.wires) {
      const path = pathOf(level, wire, shownWay(level, wire, columns));
      wire.element.setAttribute("d", path);
      wire.hit.setAttribute("d", path);
    }
    const [along, across] = [sum(columns), Math.max(0, ...columns.map((column) => sum(column.stops)))];
    const [wider, higher] = level.isTurned ? [across, along] : [along, across];
    return { width: level.width + wider, height: level.height + higher };
  }

  function showSize(card) {
    const sized = (name, less) => {
      for (const rect of children(card.element, name)) {
        rect.setAttribute("width", card.shownWidth - less);
        rect.setAttribute("height", card.shownHeight - less);
      }
    };
    sized("box", 0);
    sized("edge", 6);
    showFold(card);
  }

  /** The points of a wire: its ends move with its boxes, what is between with the space there. */
  function shownWay(level, wire, columns) {
    const from = level.boxes[wire.from];
    const to = level.boxes[wire.to];
    const points = [];
    for (let at = 0; at < wire.way.length; at += 2) {
      points.push(shifted(level, columns, { x: wire.way[at], y: wire.way[at + 1] }));
    }
    const last = points.length - 1;
    const ending = { x: wire.way[2 * last], y: wire.way[2 * last + 1] };
    if (level.isTurned) {
      const x = wire.way[0] + from.shownX - from.x;
      points[0] = { x, y: from.shownY + from.shownHeight };
      if (!wire.isCut) points[1].x = x;
      points[last] = { x: ending.x + to.shownX - to.x, y: to.shownY };
    } else {
      const y = wire.way[1] + from.shownY - from.y;
      points[0] = { x: from.shownX + from.shownWidth, y };
      if (!wire.isCut) points[1].y = y;
      points[last] = { x: to.shownX, y: ending.y + to.shownY - to.y };
    }
    return points;
  }

  function pathOf(level, wire, points) {
    const isTurned = level.isTurned;
    const end = points[points.length - 1];
    if (wire.isCut) {
      const by = isTurned ? "v12" : "h12";
      const before = isTurned ? { x: end.x, y: end.y - 12 } : { x: end.x - 12, y: end.y };
      return `M${points[0].x},${points[0].y}${by}M${before.x},${before.y}${by}${tip(isTurned, end)}`;
    }
    let path = `M${points[0].x},${points[0].y}`;
    for (let at = 1; at < points.length; at += 1) {
      const [a, b] = [points[at - 1], points[at]];
      const [middleX, middleY] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
      path += isTurned
        ? `C${a.x},${middleY} ${b.x},${middleY} ${b.x},${b.y}`
        : `C${middleX},${a.y} ${middleX},${b.y} ${b.x},${b.y}`;
    }
    return wire.to < level.cards.length ? path + tip(isTurned, end) : path;
  }

  function tip(isTurned, at) {
    const ends = isTurned ? [[-3.5, -6], [0, -1], [3.5, -6]] : [[-6, -3.5], [-1, 0], [-6, 3.5]];
    return "M" + ends.map(([x, y]) => `${at.x + x},${at.y + y}`).join("L");
  }

  // ---- Folding.

  function open(card) {
    const part = card.element.dataset.inner;
    if (part === undefined || card.isOpen) return;
    if (!card.inner) {
      const template = canvas.querySelector(`defs > .level[data-level="${part}"]`);
      const element = template.cloneNode(true);
      card.element.append(element);
      card.inner = readLevel(element);
      card.inner.holder = card;
    }
    card.inner.element.style.display = "";
    card.isOpen = true;
    card.element.setAttribute("aria-expanded", "true");
  }

  function close(card) {
    if (!card.isOpen) return;
    card.inner.element.style.display = "none";
    card.isOpen = false;
    card.element.setAttribute("aria-expanded", "false");
  }

  /** Opens or closes a card, which stays where it is on the screen, unless that leads out of an untouched view. */
  function toggle(card) {
    const before = card.element.getBoundingClientRect();
    if (card.isOpen) close(card);
    else open(card);
    const size = layOut(whole);
    const after = card.element.getBoundingClientRect();
    if (!isMoved && (!card.isOpen || !isInSight(size, before.left - after.left, before.top - after.top))) fit();
    else shift(before.left - after.left, before.top - after.top);
    showFound();
  }

  function unfoldAll(level) {
    for (const card of level.cards) {
      if (cardCount < most) open(card);
      if (card.isOpen) unfoldAll(card.inner);
    }
  }

  function foldAll(level) {
    for (const card of level.cards) {
      if (card.inner) foldAll(card.inner);
      close(card);
    }
  }

  // ---- The camera.

  const view = { x: 0, y: 0, scale: 1 };
  const margin = 24;
  // Whether somebody chose this view, after which unfolding keeps it.
  let isMoved = false;

  function showView() {
    canvas.classList.toggle("far", view.scale < 0.45);
    camera.setAttribute("transform", `translate(${view.x},${view.y}) scale(${view.scale})`);
    byId("zoom").textContent = `${Math.round(view.scale * 100)} %`;
  }

  function shift(x, y) {
    view.x += x;
    view.y += y;
    showView();
  }

  function move(x, y) {
    isMoved = true;
    shift(x, y);
  }

  /** Whether a drawing of this size is wholly in the window after a shift. */
  function isInSight(size, x, y) {
    const [left, top] = [view.x + x, view.y + y];
    const [right, bottom] = [left + size.width * view.scale, top + size.height * view.scale];
    return left >= 0 && top >= 0 && right <= canvas.clientWidth && bottom <= canvas.clientHeight;
  }

  /** Zooms so that the point of the canvas under `x`, `y` stays there. */
  function zoomAt(x, y, factor) {
    const scale = Math.min(8, Math.max(0.02, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    isMoved = true;
    showView();
  }

  function zoomMiddle(factor) {
    zoomAt(canvas.clientWidth / 2, canvas.clientHeight / 2, factor);
  }

  function fit() {
    const size = layOut(whole);
    const [width, height] = [canvas.clientWidth - 2 * margin, canvas.clientHeight - 2 * margin];
    view.scale = Math.min(1.25, width / size.width, height / size.height);
    view.x = margin + (width - size.width * view.scale) / 2;
    view.y = margin + (height - size.height * view.scale) / 2;
    isMoved = false;
    showView();
  }

  /** Moves a card to the middle, large enough to be read. */
  function centre(card) {
    if (view.scale < 0.7) zoomMiddle(0.9 / view.scale);
    const own = children(card.element, "box")[0].getBoundingClientRect();
    const frame = canvas.getBoundingClientRect();
    move(
      frame.left + frame.width / 2 - (own.left + own.width / 2),
      frame.top + frame.height / 2 - (own.top + Math.min(own.height, frame.height) / 2),
    );
  }

  function at(event) {
    const frame = canvas.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  const pointers = new Map();
  let wasDragged = false;

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, { ...at(event), startX: event.clientX, startY: event.clientY });
    wasDragged = false;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = { ...before, ...at(event) };
    const far = Math.hypot(event.clientX - before.startX, event.clientY - before.startY);
    if (!wasDragged && far > 3) {
      wasDragged = true;
      canvas.classList.add("dragging");
      canvas.setPointerCapture(event.pointerId);
    }
    pointers.set(event.pointerId, now);
    if (!wasDragged) return;
    const other = [...pointers].find(([id]) => id !== event.pointerId);
    if (other) {
      const point = other[1];
      const spread = (p) => Math.max(1, Math.hypot(p.x - point.x, p.y - point.y));
      zoomAt((now.x + point.x) / 2, (now.y + point.y) / 2, spread(now) / spread(before));
    } else {
      move(now.x - before.x, now.y - before.y);
    }
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) canvas.classList.remove("dragging");
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = at(event);
      const lines = event.deltaMode === 1 ? 18 : 1;
      zoomAt(x, y, Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)));
    },
    { passive: false },
  );

  // ---- Details of what is pointed at.

  /** An element with text or further elements in it. */
  function make(tag, ...content) {
    const element = document.createElement(tag);
    element.append(...content.filter((part) => part !== null));
    return element;
  }

  const units = ["B", "KiB", "MiB", "GiB"];
  function bytes(size) {
    let unit = 0;
    let value = size;
    while (value >= 1024 && unit + 1 < units.length) {
      value /= 1024;
      unit += 1;
    }
    return unit === 0 ? `${size} B` : `${value.toFixed(1)} ${units[unit]} (${size} B)`;
  }

  const dataOf = (level) => (level.of === "whole" ? scene.level : scene.parts[Number(level.of)].inner);
  const versioned = (item) => (item.version ? `${item.name} ${item.version}` : item.name);
  const textOf = (item) => (item.wit === undefined ? null : scene.texts[item.wit]);

  function nameOf(node) {
    if (node.name) return node.name;
    if (node.kind === "instance") return scene.parts[node.part].name || "component";
    return node.kind === "bag" ? "instance" : "";
  }

  function rows(pairs) {
    const kept = pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined);
    return make("dl", ...kept.flatMap(([name, value]) => [make("dt", name), make("dd", value)]));
  }

  function wit(item) {
    const text = textOf(item);
    return text ? make("pre", text) : null;
  }

  function itemList(title, items) {
    if (items.length === 0) return [];
    const entries = items.map((item) => {
      const text = wit(item);
      return make("li", text ? make("details", make("summary", versioned(item)), text) : versioned(item));
    });
    return [make("h3", `${title} (${items.length})`), make("ul", ...entries)];
  }

  function flowName(edge) {
    const [from, to] = [edge.provided, edge.wanted];
    if (!from.name) return versioned(to);
    if (from.name === to.name && (from.version === to.version || !to.version)) return versioned(from);
    return `${versioned(from)} → ${versioned(to)}`;
  }

  function edgeDetails(level, edge) {
    const data = dataOf(level);
    return [
      make("h3", flowName(edge)),
      rows([
        ["from", nameOf(data.nodes[edge.from])],
        ["to", nameOf(data.nodes[edge.to])],
        ["provided", edge.provided.version || ""],
        ["wanted", edge.wanted.version || ""],
        ["sort", edge.sort],
        ["resources", (edge.resources || []).join(", ")],
      ]),
      wit(edge),
    ];
  }

  function showEdges(level, edges) {
    const data = dataOf(level);
    const title = edges.length === 1 ? "What flows" : `What flows (${edges.length})`;
    details.replaceChildren(make("h2", title));
    for (const edge of edges.slice(0, 40)) {
      details.append(...edgeDetails(level, data.edges[edge]).filter((part) => part !== null));
    }
    if (edges.length > 40) details.append(make("p", `and ${edges.length - 40} more`));
  }

  /** What a component takes, or gives, by the other side. */
  function flowList(level, title, edges, other) {
    if (edges.length === 0) return [];
    const data = dataOf(level);
    const entries = edges.map((edge) => make("li", `${flowName(edge)}: ${nameOf(data.nodes[other(edge)])}`));
    return [make("h3", `${title} (${edges.length})`), make("ul", ...entries)];
  }

  function showInstance(level, id, node) {
    const data = dataOf(level);
    const part = scene.parts[node.part];
    const alike = data.nodes.filter((other) => other.kind === "instance" && other.part === node.part).length;
    const modules = (part.modules || []).map((module) => make("li", `${module.name || "module"}: ${bytes(module.size)}`));
    details.replaceChildren(
      make("h2", nameOf(node)),
      rows([
        ["component", part.name],
        ["size", part.size === undefined ? "imported, not inside" : bytes(part.size)],
        ["content", part.id],
        ["instances", alike > 1 ? `${alike} of this component, embedded once` : ""],
        ["inside", part.inner ? "a composition: Enter or a double click shows it" : ""],
      ]),
      ...(modules.length ? [make("h3", `Core modules (${modules.length})`), make("ul", ...modules)] : []),
      ...flowList(level, "Takes", data.edges.filter((edge) => edge.to === id), (edge) => edge.from),
      ...flowList(level, "Gives", data.edges.filter((edge) => edge.from === id), (edge) => edge.to),
      ...itemList("Imports", part.imports),
      ...itemList("Exports", part.exports),
    );
  }

  const kinds = { import: "Imports of the whole", export: "Exports of the whole", definition: "Type defined here" };

  function showCard(card) {
    const { level } = card;
    const data = dataOf(level);
    const nodes = card.nodes.map((id) => data.nodes[id]);
    const [node] = nodes;
    if (node.kind === "instance") return showInstance(level, card.nodes[0], node);
    const ids = new Set(card.nodes);
    const taken = data.edges.filter((edge) => ids.has(edge.to));
    const given = data.edges.filter((edge) => ids.has(edge.from));
    if (node.kind === "bag") {
      details.replaceChildren(make("h2", nameOf(node)), make("p", "An instance put together from items."));
    } else {
      const items = nodes.map((item) => make("div", make("h3", versioned(item)), rows([["sort", item.sort]]), wit(item)));
      details.replaceChildren(make("h2", kinds[node.kind]), ...items);
    }
    details.append(...flowList(level, "From", taken, (edge) => edge.from));
    details.append(...flowList(level, "To", given, (edge) => edge.to));
  }

  function showHelp() {
    details.replaceChildren(
      make("h2", "Details"),
      make("p", "Point at a component, a line or a label, or move there with Tab."),
      make("p", "A click keeps what is shown; Escape lets it go. A double click or Enter shows what is inside a component that is a composition."),
      rows([
        ["drag, arrow keys", "move"],
        ["wheel, + and -", "zoom"],
        ["0", "show everything"],
        ["/", "find; Enter goes to the next"],
      ]),
      make("p", `${scene.title}: ${bytes(scene.size)}`),
    );
  }

  let pinned = null;
  let shown = null;

  /** What an element stands for: a card, or edges of a level. */
  function meaning(element) {
    const found = element instanceof Element ? element.closest("[data-edges], .card") : null;
    if (!found || !camera.contains(found)) return null;
    const level = levelOf.get(found.closest(".level"));
    if (found.dataset.edges !== undefined) return { level, edges: numbers(found.dataset.edges) };
    return { level, card: cardOf.get(found) };
  }

  function same(a, b) {
    if (!a || !b) return a === b;
    return a.level === b.level && a.card === b.card && String(a.edges) === String(b.edges);
  }

  function ask(what) {
    if (same(what, shown)) return;
    shown = what;
    for (const hot of camera.querySelectorAll(".hot, .holds")) hot.classList.remove("hot", "holds");
    canvas.classList.toggle("asked", what !== null);
    if (!what) return showHelp();
    const data = dataOf(what.level);
    const touched = (edge) => what.card.nodes.includes(edge.from) || what.card.nodes.includes(edge.to);
    const edges = new Set(what.edges || data.edges.flatMap((edge, id) => (touched(edge) ? [id] : [])));
    light(what.level, edges, what.card);
    if (what.card) showCard(what.card);
    else showEdges(what.level, what.edges);
  }

  /** Lets what belongs to some edges stand out. */
  function light(level, edges, card) {
    const ends = new Set([...edges].flatMap((id) => [dataOf(level).edges[id].from, dataOf(level).edges[id].to]));
    for (const wire of level.wires) {
      if (numbers(wire.element.dataset.edges).some((id) => edges.has(id))) wire.element.classList.add("hot");
    }
    for (const label of children(level.element, "label")) {
      if (numbers(label.dataset.edges).some((id) => edges.has(id))) label.classList.add("hot");
    }
    for (const other of level.cards) {
      if (other === card || other.nodes.some((id) => ends.has(id))) other.element.classList.add("hot");
    }
    for (let holder = level.holder; holder; holder = holder.level.holder) holder.element.classList.add("holds");
  }

  canvas.addEventListener("pointerover", (event) => {
    if (!pinned && pointers.size === 0) ask(meaning(event.target));
  });
  canvas.addEventListener("pointerleave", () => {
    if (!pinned) ask(null);
  });
  canvas.addEventListener("focusin", (event) => {
    if (event.target !== canvas && event.target.matches(":focus-visible")) {
      pinned = null;
      ask(meaning(event.target));
    }
  });
  canvas.addEventListener("click", (event) => {
    if (wasDragged) return;
    const what = meaning(event.target);
    pinned = same(what, pinned) ? null : what;
    ask(pinned || what);
  });
  canvas.addEventListener("dblclick", (event) => {
    const what = meaning(event.target);
    if (what && what.card && what.card.element.dataset.inner !== undefined) toggle(what.card);
  });

  // ---- Finding.

  const withVersions = (name, version) => (version ? [name, `${name} ${version}`, `${name}@${version}`] : [name]);
  const small = (words) => words.filter((word) => word).map((word) => word.toLowerCase());

  /** The names of an item, and what stands in them: its package, its interface, its version. */
  const namesOf = ({ name, version }) => (name ? small(withVersions(name, version)) : []);
  function insideOf({ name, version }) {
    if (!name) return [];
    const [, pack, item] = name.match(/^([^/]*)\/?(.*)$/s);
    return small([...withVersions(pack, version), pack.slice(pack.indexOf(":") + 1), item, version]);
  }

  /** How well words fit what is wanted: 0 as a whole, 1 at their start, 2 inside; 3 when they do not. */
  function rankOf(words, wanted) {
    if (words.includes(wanted)) return 0;
    if (words.some((word) => word.startsWith(wanted))) return 1;
    return words.some((word) => word.includes(wanted)) ? 2 : 3;
  }

  /** Every node of every level, with the way to it through what has to be unfolded. */
  function listEntries() {
    const entries = [];
    const walk = (data, path) => {
      data.nodes.forEach((node, id) => {
        if (entries.length >= most) return;
        const part = node.kind === "instance" ? scene.parts[node.part] : null;
        const own = part ? [node, part] : [node];
        const items = part ? part.imports.concat(part.exports) : [];
        const words = [own.flatMap(namesOf), own.flatMap(insideOf), items.flatMap((item) => namesOf(item).concat(insideOf(item)))];
        entries.push({ path, id, words });
        if (part && part.inner) walk(part.inner, path.concat(id));
      });
    };
    walk(scene.level, []);
    return entries;
  }

  const entries = listEntries();
  const query = byId("query");
  let matches = [];
  let current = -1;

  const cardWith = (level, id) => level.cards.find((card) => card.nodes.includes(id));

  /** The card of an entry, or the folded one that it is in. */
  function visibleCard(entry) {
    let level = whole;
    for (const id of entry.path) {
      const card = cardWith(level, id);
      if (!card.isOpen) return card;
      level = card.inner;
    }
    return cardWith(level, entry.id);
  }

  /**
   * The best first, and of equals what has that name before what has it as a part, and then what imports or exports it.
   * A card of the host or of the exports stands for several nodes: it is one match.
   */
  function find(text) {
    const wanted = text.trim().toLowerCase();
    const seen = new Set();
    const rank = ({ words }) => Math.min(...words.map((list, at) => 3 * rankOf(list, wanted) + at));
    const ranked = wanted ? entries.map((entry) => ({ entry, rank: rank(entry) })) : [];
    const found = ranked.filter((match) => match.rank < 9).sort((a, b) => a.rank - b.rank);
    matches = found.map((match) => match.entry).filter((entry) => {
      const data = entry.path.length ? "" : cardWith(whole, entry.id).element.dataset.nodes;
      const key = data === "" ? `${entry.path.join(" ")}/${entry.id}` : data;
      return seen.has(key) ? false : seen.add(key);
    });
    current = -1;
    showFound();
  }

  function showFound() {
    for (const old of camera.querySelectorAll(".match, .current")) old.classList.remove("match", "current");
    for (const entry of matches) visibleCard(entry).element.classList.add("match");
    if (matches[current]) visibleCard(matches[current]).element.classList.add("current");
    const place = current < 0 ? `${matches.length} found` : `${current + 1} of ${matches.length}`;
    byId("found").textContent = query.value.trim() ? place : "";
  }

  function goTo(step) {
    if (matches.length === 0) return;
    current = (current + step + matches.length) % matches.length;
    const entry = matches[current];
    let level = whole;
    for (const id of entry.path) {
      const card = cardWith(level, id);
      open(card);
      level = card.inner;
    }
    layOut(whole);
    const card = cardWith(level, entry.id);
    showFound();
    centre(card);
    pinned = { level: card.level, card };
    ask(pinned);
  }

  query.addEventListener("input", () => find(query.value));
  byId("find").addEventListener("submit", (event) => event.preventDefault());
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      goTo(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      query.value = "";
      find("");
      pinned = null;
      ask(null);
      canvas.focus();
    }
  });

  // ---- Keys and buttons.

  const step = 60;
  const keys = {
    ArrowLeft: () => move(step, 0),
    ArrowRight: () => move(-step, 0),
    ArrowUp: () => move(0, step),
    ArrowDown: () => move(0, -step),
    "+": () => zoomMiddle(1.25),
    "=": () => zoomMiddle(1.25),
    "-": () => zoomMiddle(0.8),
    0: fit,
    "/": () => query.focus(),
    Escape: () => {
      pinned = null;
      ask(null);
    },
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target === query;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const isMark = event.target instanceof Element && event.target !== canvas && canvas.contains(event.target);
    if ((event.key === "Enter" || event.key === " ") && isMark) {
      event.preventDefault();
      const card = cardOf.get(event.target);
      if (card && card.element.dataset.inner !== undefined) toggle(card);
      pinned = meaning(event.target);
      ask(pinned);
    } else if (Object.hasOwn(keys, event.key) && !details.contains(event.target)) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  const onClick = (id, action) => byId(id).addEventListener("click", action);
  onClick("in", () => zoomMiddle(1.25));
  onClick("out", () => zoomMiddle(0.8));
  onClick("fit", fit);
  onClick("unfold", () => {
    unfoldAll(whole);
    fit();
    showFound();
  });
  onClick("fold", () => {
    foldAll(whole);
    fit();
    showFound();
  });
  for (const id of ["unfold", "fold"]) byId(id).hidden = !scene.parts.some((part) => part.inner);

  showHelp();
  fit();
})();
