// Walks through pages of `withe inspect --size --as html` in a real browser.
//
// In: the folder of playwright-core, the browser, a folder with pages, which screenshots go to as well.
// Out: a line `ok NAME` or `not ok NAME: why` for each test.
"use strict";
const assert = require("node:assert/strict");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const [playwright, executablePath, folder] = process.argv.slice(2);
const { chromium } = require(playwright);

const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** What the page says of itself. */
const state = (page) =>
  page.evaluate(() => ({
    path: [...document.querySelectorAll("#path button")].map((step) => step.textContent),
    current: document.querySelector("#map .current")?.block.name,
    focused: document.activeElement.block?.name,
    shown: document.querySelectorAll("#map .block").length,
    matches: [...document.querySelectorAll("#map .match")].map((one) => one.block.name),
    found: document.getElementById("found").textContent,
    details: document.getElementById("details").innerText,
  }));

const named = (page, name) => page.locator(`#map .block[aria-label*=" ${name}, "]`).first();

/** Blocks that stand in one another, and do not overlap beside one another; their areas follow their bytes. */
const faults = (page) =>
  page.evaluate(() => {
    const found = [];
    const all = [...document.querySelectorAll("#map .block")];
    const frame = (block) => block.element.getBoundingClientRect();
    for (const { block } of all) {
      const outer = frame(block);
      const inner = block.inner.filter((one) => one.element);
      const inside = (one) => one.left >= outer.left - 1 && one.right <= outer.right + 1 && one.top >= outer.top - 1 && one.bottom <= outer.bottom + 1;
      inner.filter((one) => !inside(frame(one))).forEach((one) => found.push(`${one.name} is outside of ${block.name}`));
      if (inner.length > 200) continue;
      for (const [at, one] of inner.entries()) {
        for (const other of inner.slice(at + 1)) {
          const [a, b] = [frame(one), frame(other)];
          const apart = a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
          if (!apart) found.push(`${one.name} and ${other.name} overlap`);
          const ratio = (a.width * a.height) / (b.width * b.height) / (one.bytes / other.bytes);
          if (a.width > 30 && b.width > 30 && a.height > 30 && b.height > 30 && (ratio > 1.1 || ratio < 0.9)) found.push(`${one.name} to ${other.name}: ${ratio}`);
        }
      }
    }
    return found;
  });

const tests = {
  async "areas follow bytes"({ open }) {
    const page = await open("app");
    assert.deepEqual(await faults(page), []);
    const { path, shown, details } = await state(page);
    assert.deepEqual(path, ["app"]);
    assert.ok(shown >= 15, `${shown} blocks`);
    assert.match(details, /bytes\s+5900 \(5\.8 KiB\)/);
    await page.setViewportSize({ width: 700, height: 900 });
    assert.deepEqual(await faults(page), []);
  },

  async "keys walk through the tree"({ open }) {
    const page = await open("app");
    await page.focus("#map .block");
    for (const [key, name] of [["ArrowDown", "main"], ["ArrowRight", "adapter"], ["ArrowLeft", "main"], ["ArrowDown", "code"], ["ArrowUp", "main"]]) {
      await page.keyboard.press(key);
      assert.equal((await state(page)).focused, name, key);
    }
    await page.keyboard.press("Enter");
    assert.deepEqual((await state(page)).path, ["app", "main"]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.deepEqual((await state(page)).path, ["app", "main", "code"]);
    await page.keyboard.press("Escape");
    const back = await state(page);
    assert.deepEqual([back.path, back.focused], [["app", "main"], "code"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    assert.deepEqual((await state(page)).path, ["app"]);
  },

  async "the pointer goes in and out"({ open }) {
    const page = await open("app");
    await named(page, "adapter").click({ position: { x: 8, y: 8 } });
    assert.deepEqual((await state(page)).path, ["app", "adapter"]);
    await page.locator("#path button").first().click();
    assert.deepEqual((await state(page)).path, ["app"]);
    await named(page, "memcpy").hover();
    const { details } = await state(page);
    assert.match(details, /memcpy/);
    assert.match(details, /app \/ main \/ code \/ memcpy/);
    assert.match(await named(page, "memcpy").getAttribute("title"), /500 B, 8\.5 %/);
    await page.locator("#details button").first().waitFor({ state: "detached" });
  },

  async "finds by name"({ open }) {
    const page = await open("app");
    await page.keyboard.press("/");
    await page.keyboard.type("WRITE");
    const { found, matches, details } = await state(page);
    assert.deepEqual(matches.sort(), ["core::fmt::write", "std::io::write"]);
    assert.match(found, /2 found, 1\.6 KiB \(27\.1 %\)/);
    assert.match(details, /Found/);
    await page.keyboard.press("Enter");
    assert.equal((await state(page)).current, "std::io::write");
    // A match inside of a match counts once.
    await page.fill("#query", "std");
    assert.match((await state(page)).found, /3 found, 1\.5 KiB/);
    await page.press("#query", "Escape");
    assert.deepEqual((await state(page)).matches, []);
  },

  async "each block says what it is"({ open }) {
    const page = await open("app");
    const blocks = page.locator('#map[role="tree"] .block');
    for (const label of await blocks.evaluateAll((all) => all.map((one) => `${one.getAttribute("role")} ${one.getAttribute("aria-label")}`))) {
      assert.match(label, /^treeitem \S+ .+, [\d.]+ \S+, [\d.]+ %$/);
    }
    assert.equal(await page.locator('#map [tabindex="0"]').count(), 1);
  },

  async "bears sixty thousand functions"({ open }) {
    const begin = Date.now();
    const page = await open("large");
    const { shown } = await state(page);
    assert.ok(shown > 1000 && shown <= 6000, `${shown} blocks`);
    const filled = await page.evaluate(() => {
      const area = (block) => block.element.offsetWidth * block.element.offsetHeight;
      const code = root.inner[0];
      return code.inner.filter((one) => one.element).reduce((sum, one) => sum + area(one), 0) / area(code);
    });
    assert.ok(filled > 0.9, `${filled} of the code is filled`);
    await page.fill("#query", "part_7::");
    assert.match((await state(page)).found, /found/);
    assert.ok(Date.now() - begin < 20_000, `${Date.now() - begin} ms`);
    assert.deepEqual(await faults(page), []);
  },

  async "names are only text"({ open }) {
    const page = await open("hostile");
    assert.equal(await page.title(), "hostile");
    assert.equal(await page.locator("#map img, #map script, #details img").count(), 0);
    assert.equal((await state(page)).shown, 4);
    const empty = await open("empty");
    assert.equal((await state(empty)).shown, 1);
  },

  async "follows light and dark"({ open }) {
    const colors = {};
    for (const scheme of ["light", "dark"]) {
      for (const name of ["app", "large"]) {
        const page = await open(name, scheme);
        await page.screenshot({ path: join(folder, `${name}-${scheme}.png`) });
        colors[scheme] = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector(".function")).backgroundColor]);
      }
    }
    assert.deepEqual(colors, { light: ["rgb(255, 255, 255)", "rgb(251, 227, 176)"], dark: ["rgb(13, 17, 23)", "rgb(71, 53, 15)"] });
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
      await page.goto(pathToFileURL(join(folder, `${file}.html`)).href);
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
