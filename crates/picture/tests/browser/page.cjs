// Walks through pages of `withe graph --as html` in a real browser.
//
// In: the folder of playwright-core, the browser, a folder with pages, a folder for screenshots.
// Out: a line `ok NAME` or `not ok NAME: why` for each test.
"use strict";
const assert = require("node:assert/strict");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const [playwright, executablePath, pages, shots] = process.argv.slice(2);
const { chromium } = require(playwright);

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What the page says of itself. */
const state = (page) =>
  page.evaluate(() => {
    const [x, y, scale] = document
      .getElementById("camera")
      .getAttribute("transform")
      .match(/-?[\d.]+(?:e-?\d+)?/g)
      .map(Number);
    const texts = (selector) => [...document.querySelectorAll(selector)].map((card) => card.querySelector(".head").textContent);
    return {
      x,
      y,
      scale,
      zoom: document.getElementById("zoom").textContent,
      found: document.getElementById("found").textContent,
      details: document.getElementById("details").innerText,
      matches: texts("#camera .match"),
      current: texts("#camera .current"),
      open: texts('#camera [aria-expanded="true"]'),
      hot: document.querySelectorAll("#camera .hot").length,
    };
  });

const near = (a, b, by = 0.6) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);

const card = (page, name) => page.locator(`#camera .card:has(> text.head:text-is("${name}"))`).first();

const box = (page, name) => card(page, name).locator("> .box").boundingBox();

/** Where every box that can be seen is, by level: to see that nothing overlaps. */
const overlaps = (page) =>
  page.evaluate(() => {
    const found = [];
    for (const level of document.querySelectorAll("#camera .level")) {
      if (level.closest('[style*="none"]')) continue;
      const marks = [...level.children].filter((child) => child.matches(".card, .label"));
      const frames = marks.map((mark) => mark.querySelector(":scope > rect").getBoundingClientRect());
      for (let a = 0; a < frames.length; a += 1) {
        for (let b = a + 1; b < frames.length; b += 1) {
          const [one, other] = [frames[a], frames[b]];
          const apart = one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
          if (!apart) found.push(`${marks[a].textContent.trim()} and ${marks[b].textContent.trim()}`);
        }
      }
      const holder = level.parentElement.closest(".card");
      if (holder) {
        const outer = holder.querySelector(":scope > rect").getBoundingClientRect();
        for (const [at, frame] of frames.entries()) {
          const inside = frame.left >= outer.left && frame.right <= outer.right && frame.bottom <= outer.bottom && frame.top >= outer.top;
          if (!inside) found.push(`${marks[at].textContent.trim()} is outside`);
        }
      }
    }
    return found;
  });

/** Wires whose ends are not on their boxes. */
const looseWires = (page) =>
  page.evaluate(() => {
    const found = [];
    for (const level of document.querySelectorAll("#camera .level")) {
      if (level.closest('[style*="none"]')) continue;
      const of = (name) => [...level.children].filter((child) => child.classList.contains(name));
      const boxes = of("card").concat(of("label"));
      for (const wire of of("wire").filter((wire) => !wire.classList.contains("cut"))) {
        const numbers = wire.getAttribute("d").split("M")[1].match(/-?[\d.]+/g).map(Number);
        const frame = (id) => {
          const [x, y] = boxes[id].getAttribute("transform").match(/-?[\d.]+/g).map(Number);
          const rect = boxes[id].querySelector(":scope > rect");
          return { x, y, right: x + Number(rect.getAttribute("width")), bottom: y + Number(rect.getAttribute("height")) };
        };
        const [from, to] = [frame(wire.dataset.from), frame(wire.dataset.to)];
        const [startX, startY] = numbers;
        const [endX, endY] = numbers.slice(-2);
        const isTurned = level.dataset.turned === "yes";
        const starts = isTurned ? Math.abs(startY - from.bottom) : Math.abs(startX - from.right);
        const ends = isTurned ? Math.abs(endY - to.y) : Math.abs(endX - to.x);
        const beside = isTurned
          ? startX < from.x || startX > from.right || endX < to.x || endX > to.right
          : startY < from.y || startY > from.bottom || endY < to.y || endY > to.bottom;
        if (starts > 0.2 || ends > 0.2 || beside) found.push(wire.getAttribute("d"));
      }
    }
    return found;
  });

/** Wires that run through a box other than their ends. */
const crossedBoxes = (page) =>
  page.evaluate(() => {
    const found = [];
    for (const level of document.querySelectorAll("#camera .level")) {
      if (level.closest('[style*="none"]')) continue;
      const of = (name) => [...level.children].filter((child) => child.classList.contains(name));
      const boxes = of("card").concat(of("label")).map((box) => {
        const [x, y] = box.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
        const rect = box.querySelector(":scope > rect");
        return { x, y, right: x + Number(rect.getAttribute("width")), bottom: y + Number(rect.getAttribute("height")), box };
      });
      for (const wire of of("wire").filter((wire) => !wire.classList.contains("cut"))) {
        const length = wire.getTotalLength();
        const others = boxes.filter((_, id) => id !== Number(wire.dataset.from) && id !== Number(wire.dataset.to));
        for (let at = 0; at < length; at += 3) {
          const { x, y } = wire.getPointAtLength(at);
          const hit = others.find((box) => box.x + 1 < x && x < box.right - 1 && box.y + 1 < y && y < box.bottom - 1);
          if (hit) {
            found.push(`${wire.getAttribute("d")} runs through ${hit.box.textContent.trim().slice(0, 40)}`);
            break;
          }
        }
      }
    }
    return found;
  });

const tests = {
  async "shows everything at first"({ open }) {
    const page = await open("three");
    const frame = await page.locator("#canvas").boundingBox();
    for (const name of ["wasi:io 0.2.6", "store", "orders", "gateway", "exports"]) {
      const seen = await box(page, name);
      assert.ok(seen.x >= frame.x && seen.x + seen.width <= frame.x + frame.width, name);
      assert.ok(seen.y >= frame.y && seen.y + seen.height <= frame.y + frame.height, name);
    }
    assert.deepEqual(await overlaps(page), []);
    assert.deepEqual(await looseWires(page), []);
    assert.deepEqual(await crossedBoxes(page), []);
  },

  async "moves with the pointer"({ open }) {
    const page = await open("three");
    const before = await state(page);
    await page.mouse.move(300, 900);
    await page.mouse.down();
    await page.mouse.move(340, 860, { steps: 3 });
    await page.mouse.move(420, 840, { steps: 3 });
    await page.mouse.up();
    const after = await state(page);
    // The first few pixels decide whether it is a drag; they count as well.
    near(after.x - before.x, 120, 1);
    near(after.y - before.y, -60, 1);
    assert.equal(after.scale, before.scale);
    await page.mouse.move(500, 500);
    assert.equal((await state(page)).x, after.x, "it stops when the button is let go");
  },

  async "zooms around the pointer"({ open }) {
    const page = await open("three");
    const before = await box(page, "orders");
    const [x, y] = [before.x + 5, before.y + 5];
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -400);
    const after = await box(page, "orders");
    const factor = after.width / before.width;
    assert.ok(factor > 1.5, `${factor}`);
    near((x - after.x) / factor, 5, 0.5);
    near((y - after.y) / factor, 5, 0.5);
    await page.mouse.wheel(0, 400);
    near((await box(page, "orders")).x, before.x, 1);
    const { scale, zoom } = await state(page);
    assert.equal(zoom, `${Math.round(scale * 100)} %`);
  },

  async "zooms with buttons and fits"({ open }) {
    const page = await open("three");
    const { scale } = await state(page);
    await page.click("#in");
    await page.click("#in");
    near((await state(page)).scale / scale, 1.5625, 0.001);
    await page.click("#out");
    near((await state(page)).scale / scale, 1.25, 0.001);
    await page.click("#fit");
    near((await state(page)).scale, scale, 0.001);
    for (let at = 0; at < 40; at += 1) await page.click("#in");
    assert.ok((await state(page)).scale <= 8);
  },

  async "moves and zooms with keys"({ open }) {
    const page = await open("three");
    await page.focus("#canvas");
    const before = await state(page);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    const moved = await state(page);
    assert.deepEqual([moved.x - before.x, moved.y - before.y].map(Math.round), [-60, -60]);
    await page.keyboard.press("+");
    near((await state(page)).scale / before.scale, 1.25, 0.001);
    await page.keyboard.press("-");
    await page.keyboard.press("0");
    near((await state(page)).x, before.x);
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "query");
  },

  async "unfolds and folds"({ open }) {
    const page = await open("nested");
    assert.deepEqual((await state(page)).open, []);
    // A view that was chosen stays, and so does the card.
    await page.click("#out");
    const before = await box(page, "first");
    const folded = before.width / (await state(page)).scale;
    await card(page, "first").locator("> .box").dblclick({ position: { x: 8, y: 8 } });
    assert.deepEqual((await state(page)).open, ["first"]);
    assert.equal(await card(page, "middle-0").isVisible(), true);
    const after = await box(page, "first");
    near(after.x, before.x);
    near(after.y, before.y);
    assert.ok(after.width > before.width && after.height > before.height);
    assert.deepEqual(await overlaps(page), []);
    assert.deepEqual(await looseWires(page), []);
    assert.deepEqual(await crossedBoxes(page), []);
    await card(page, "middle-0").locator("> .box").dblclick({ position: { x: 8, y: 8 } });
    assert.deepEqual((await state(page)).open, ["first", "middle-0"]);
    assert.equal(await card(page, "leaf-2").isVisible(), true);
    assert.deepEqual(await overlaps(page), []);
    assert.deepEqual(await looseWires(page), []);
    assert.deepEqual(await crossedBoxes(page), []);
    await page.click("#fold");
    assert.deepEqual((await state(page)).open, []);
    assert.equal(await card(page, "middle-0").isVisible(), false);
    assert.deepEqual(await looseWires(page), []);
    assert.deepEqual(await crossedBoxes(page), []);
    await page.click("#unfold");
    assert.equal((await state(page)).open.length, 6);
    assert.deepEqual(await overlaps(page), []);
    assert.deepEqual(await looseWires(page), []);
    assert.deepEqual(await crossedBoxes(page), []);
    await page.click("#fold");
    await page.click("#fit");
    near((await box(page, "first")).width / (await state(page)).scale, folded, 1);
  },

  async "unfolds in a turned drawing"({ open }) {
    const page = await open("compositions");
    assert.equal(await page.locator("#camera > .level").getAttribute("data-turned"), "yes");
    const names = await page.locator("#camera > .level > .card[data-inner] > .head").allTextContents();
    assert.equal(names.length, 5);
    // Each alone, then all together.
    for (const name of names) {
      await card(page, name).focus();
      await page.keyboard.press("Enter");
      assert.deepEqual(await overlaps(page), [], name);
      assert.deepEqual(await looseWires(page), [], name);
      assert.deepEqual(await crossedBoxes(page), [], name);
      await page.keyboard.press("Enter");
    }
    await page.click("#unfold");
    assert.ok((await state(page)).open.length >= 5);
    assert.deepEqual(await overlaps(page), []);
    assert.deepEqual(await looseWires(page), []);
    assert.deepEqual(await crossedBoxes(page), []);
  },

  async "unfolds with keys"({ open }) {
    const page = await open("nested");
    await card(page, "second").focus();
    await page.keyboard.press("Enter");
    assert.deepEqual((await state(page)).open, ["second"]);
    assert.match((await state(page)).details, /2 of this component, embedded once/);
    await page.keyboard.press("Enter");
    assert.deepEqual((await state(page)).open, []);
    await page.keyboard.press("Escape");
    assert.match((await state(page)).details, /Point at a component/);
  },

  async "finds components, interfaces and packages"({ open }) {
    const page = await open("three");
    await page.fill("#query", "ORDERS");
    let now = await state(page);
    assert.equal(now.found, "3 found");
    assert.deepEqual(now.matches.sort(), ["exports", "gateway", "orders"]);
    await page.press("#query", "Enter");
    now = await state(page);
    assert.equal(now.found, "1 of 3");
    assert.deepEqual(now.current, ["orders"]);
    const frame = await page.locator("#canvas").boundingBox();
    const seen = await box(page, "orders");
    near(seen.x + seen.width / 2, frame.x + frame.width / 2, 2);
    near(seen.y + seen.height / 2, frame.y + frame.height / 2, 2);
    await page.press("#query", "Enter");
    assert.deepEqual((await state(page)).current, ["exports"]);
    await page.press("#query", "Enter");
    assert.deepEqual((await state(page)).current, ["gateway"]);
    await page.press("#query", "Shift+Enter");
    await page.press("#query", "Shift+Enter");
    assert.deepEqual((await state(page)).current, ["orders"]);
    await page.fill("#query", "wasi:clocks");
    assert.deepEqual((await state(page)).matches.sort(), ["orders", "wasi:clocks 0.2.6"]);
    await page.fill("#query", "no such thing");
    assert.equal((await state(page)).found, "0 found");
    await page.press("#query", "Escape");
    now = await state(page);
    assert.deepEqual([now.found, now.matches], ["", []]);
  },

  async "finds names, the best first, and no digests"({ open }) {
    const page = await open("three");
    const digests = await page.evaluate(() => {
      const { parts } = JSON.parse(document.getElementById("scene").textContent);
      return parts.map((part) => part.id).filter((id) => id);
    });
    assert.ok(digests.length > 0);
    for (const digest of digests) {
      await page.fill("#query", digest);
      assert.equal((await state(page)).found, "0 found");
    }
    await page.fill("#query", "store");
    await page.press("#query", "Enter");
    assert.deepEqual((await state(page)).current, ["store"]);
    await page.fill("#query", "wasi:io 0.2.6");
    await page.press("#query", "Enter");
    assert.deepEqual((await state(page)).current, ["wasi:io 0.2.6"]);
    const many = await open("thousand");
    await many.fill("#query", "audit-4");
    await many.press("#query", "Enter");
    const now = await state(many);
    assert.match(now.found, /^1 of [0-9]{2}/);
    assert.match(now.details, /^audit-4\n/);
  },

  async "opens with everything in sight, and keeps it so until it is moved"({ open }) {
    const inSight = (page) =>
      page.evaluate(() => {
        const frame = document.getElementById("canvas").getBoundingClientRect();
        const boxes = [...document.querySelectorAll("#camera > .level > .card > .box")];
        return boxes.every((box) => {
          const { left, right, top, bottom } = box.getBoundingClientRect();
          return left >= frame.left && right <= frame.right && top >= frame.top && bottom <= frame.bottom;
        });
      });
    for (const name of ["sixty", "thousand"]) assert.ok(await inSight(await open(name)), name);
    const page = await open("compositions");
    const cards = page.locator("#camera > .level > .card[data-inner]");
    for (let at = 0; at < (await cards.count()); at += 1) {
      await cards.nth(at).focus();
      await page.keyboard.press("Enter");
      assert.ok(await inSight(page), `${at} unfolded`);
    }
    // What was chosen stays.
    await page.click("#fold");
    await page.click("#in");
    const { scale } = await state(page);
    await cards.nth(0).focus();
    await page.keyboard.press("Enter");
    near((await state(page)).scale, scale, 0.001);
  },

  async "finds what is folded, and unfolds it"({ open }) {
    const page = await open("nested");
    await page.fill("#query", "leaf-1");
    let now = await state(page);
    assert.deepEqual([...new Set(now.matches)].sort(), ["first", "second"]);
    await page.press("#query", "Enter");
    now = await state(page);
    assert.deepEqual(now.current, ["leaf-1"]);
    assert.deepEqual(now.open, ["first", "middle-0"]);
    assert.match(now.details, /^leaf-1/);
  },

  async "explains what is pointed at"({ open }) {
    const page = await open("three");
    await page.locator("#camera .label", { hasText: "tables 0.9.0" }).hover();
    let now = await state(page);
    assert.match(now.details, /acme:store\/tables 0\.9\.0/);
    assert.match(now.details, /resources\s+table, cursor/);
    assert.match(now.details, /interface tables \{/);
    assert.ok(now.hot >= 4, "the label, its wires and both ends");
    await page.locator("#camera .label", { hasText: "api 2.0.1" }).hover();
    now = await state(page);
    assert.match(now.details, /provided\s+2\.0\.1\s+wanted\s+2\.0\.0/);
    await card(page, "orders").locator("> .box").hover();
    now = await state(page);
    assert.match(now.details, /^orders/);
    assert.match(now.details, /1\.1 MiB \(1204500 B\)/);
    assert.match(now.details, /Core modules \(1\)/);
    await page.locator("#camera .wire.res + .hit").first().hover();
    assert.match((await state(page)).details, /^What flows/);
    await page.mouse.move(300, 950);
    now = await state(page);
    assert.match(now.details, /Point at a component/);
    assert.equal(now.hot, 0);
  },

  async "keeps what was clicked"({ open }) {
    const page = await open("three");
    await card(page, "store").locator("> .box").click();
    await card(page, "gateway").locator("> .box").hover();
    assert.match((await state(page)).details, /^store/);
    await page.keyboard.press("Escape");
    await card(page, "orders").locator("> .box").hover();
    assert.match((await state(page)).details, /^orders/);
  },

  async "is walked through with Tab"({ open }) {
    const page = await open("three");
    await page.focus("#canvas");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    assert.ok(focused, "a label or a card has the focus");
    assert.doesNotMatch((await state(page)).details, /Point at a component/);
  },

  async "shows a real app"({ open }) {
    const page = await open("middleware");
    await card(page, "inner").focus();
    await page.keyboard.press("Enter");
    assert.deepEqual((await state(page)).open, ["inner"]);
    assert.deepEqual(await overlaps(page), []);
    assert.deepEqual(await looseWires(page), []);
    assert.deepEqual(await crossedBoxes(page), []);
    await page.keyboard.press("Escape");
    await page.locator('#camera .level .level .label', { hasText: "wasi:http/incoming-handler 0.2.6" }).hover();
    const { details } = await state(page);
    assert.match(details, /from\s+middleware-handler\s+to\s+middleware-auth/);
    assert.match(details, /handle: func\(request: incoming-request, response-out: response-outparam\);/);
    await page.fill("#query", "wasi:cli/stdout");
    assert.deepEqual((await state(page)).matches.sort(), ["middleware-log", "wasi:cli 0.2.6"]);
    await page.fill("#query", "middleware-handler");
    await page.press("#query", "Enter");
    assert.match((await state(page)).details, /^middleware-handler[^]*size\s+61\.1 KiB \(62552 B\)[^]*main: 56\.3 KiB/);
  },

  async "shows any name as text"({ open }) {
    const page = await open("hostile");
    assert.equal(await page.evaluate(() => document.scripts.length), 2);
    await page.fill("#query", "alert(1)");
    await page.press("#query", "Enter");
    const now = await state(page);
    assert.match(now.details, /<\/script><script>alert\(1\)<\/script>/);
    await page.fill("#query", "xxxxxx");
    assert.match((await state(page)).found, /found/);
  },

  async "is empty when the scene is"({ open }) {
    const page = await open("empty");
    assert.match((await state(page)).details, /Point at a component/);
  },

  async "bears a thousand components"({ open }) {
    const page = await open("thousand");
    await page.fill("#query", "audit-42");
    await page.press("#query", "Enter");
    assert.deepEqual((await state(page)).current, ["audit-42"]);
  },

  async "follows light and dark"({ open }) {
    const colors = {};
    for (const scheme of ["light", "dark"]) {
      for (const name of ["three", "sixty", "nested", "middleware", "compositions"]) {
        const page = await open(name, scheme);
        if (["nested", "middleware", "compositions"].includes(name)) await page.click("#unfold");
        if (name === "three") await page.locator("#camera .label", { hasText: "tables 0.9.0" }).hover();
        await page.screenshot({ path: join(shots, `${name}-${scheme}.png`) });
        colors[scheme] = await page.evaluate(() => [
          getComputedStyle(document.body).backgroundColor,
          getComputedStyle(document.querySelector(".instance .box")).fill,
          getComputedStyle(document.querySelector(".instance .head")).fill,
        ]);
      }
    }
    assert.deepEqual(colors.light, ["rgb(255, 255, 255)", "rgb(246, 248, 250)", "rgb(31, 35, 40)"]);
    assert.deepEqual(colors.dark, ["rgb(13, 17, 23)", "rgb(22, 27, 34)", "rgb(230, 237, 243)"]);
  },
};

async function main() {
  const browser = await chromium.launch({ executablePath, args });
  for (const [name, test] of Object.entries(tests)) {
    const trouble = [];
    const opened = [];
    const open = async (file, colorScheme = "light") => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1600, height: 1000 } });
      opened.push(page);
      page.on("pageerror", (error) => trouble.push(String(error)));
      page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
      page.on("request", (request) => request.url().startsWith("file:") || trouble.push(`asks for ${request.url()}`));
      await page.goto(pathToFileURL(join(pages, `${file}.html`)).href);
      return page;
    };
    try {
      await test({ open });
      assert.deepEqual(trouble, []);
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}: ${String(error.stack).replaceAll("\n", " ⏎ ")}`);
    }
    await Promise.all(opened.map((page) => page.close()));
  }
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
