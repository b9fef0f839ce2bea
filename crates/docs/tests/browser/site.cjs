// Walks through sites of `withe docs` in a real browser, opened from a folder.
//
// In: the folder of playwright-core, the browser, a folder with sites, a folder for screenshots.
// Out: a line `ok NAME` or `not ok NAME: why` for each test.
"use strict";
const assert = require("node:assert/strict");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const [playwright, executablePath, sites, shots] = process.argv.slice(2);
const { chromium } = require(playwright);

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const TYPES = "wasi/wasi/http/0.2.12/interface.types.html";
const STREAMS = "wasi/wasi/io/0.2.12/interface.streams.html";

const back = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

const titles = (page) => page.locator("#results .title").allTextContents();

/** What of the text is too faint to be read: its contrast with what is behind it, below that of WCAG AA. */
const faint = (page) =>
  page.evaluate(() => {
    const parse = (color) => color.match(/[\d.]+/g).map(Number);
    const light = ([red, green, blue]) => {
      const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
    };
    const behind = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] > 0.5) return color;
      }
      return [255, 255, 255];
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (node.data.trim() === "" || element.closest("[hidden], script") !== null) continue;
      const [one, other] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (contrast < 4.5) found.push(`${contrast.toFixed(2)} ${element.tagName}.${element.className}: ${node.data.trim().slice(0, 30)}`);
    }
    return [...new Set(found)];
  });

/** Elements that stick out of the window. */
const wide = (page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > width + 1).map((one) => one.outerHTML.slice(0, 80));
  });

const tests = {
  async "looks good in light, in dark and on a phone"({ open }) {
    const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`) });
    const phone = { viewport: { width: 390, height: 844 } };
    const light = { colorScheme: "light" };
    const dark = { colorScheme: "dark" };
    const looks = [
      ["index-light", "wasi/index.html", light],
      ["package-dark", "wasi/wasi/http/0.2.12/index.html", dark],
      ["interface-light", TYPES, light],
      ["interface-dark", TYPES, dark],
      ["interface-phone", TYPES, phone],
      ["world-phone", "hostile/hostile/docs/1.0.0/world.both.html", phone],
      ["documentation-light", "hostile/hostile/docs/1.0.0/interface.things.html", light],
      ["documentation-dark", "hostile/hostile/docs/1.0.0/interface.things.html", dark],
    ];
    for (const [name, path, options] of looks) {
      const page = await open(path, options);
      assert.deepEqual(await faint(page), [], name);
      assert.deepEqual(await wide(page), [], name);
      await shot(page, name);
    }
  },

  async "finds what is searched for"({ open }) {
    const page = await open("wasi/index.html");
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search");
    await page.keyboard.type("fields.append");
    await page.waitForSelector("#results [aria-selected='true']");
    assert.equal((await titles(page))[0], "fields.append");
    await page.screenshot({ path: join(shots, "search-light.png") });
    await page.fill("#search", "streams");
    assert.equal((await titles(page))[0], "streams", "an exact name comes first");
    await page.fill("#search", "0.2.12 descriptor read");
    assert.ok((await titles(page))[0].startsWith("descriptor.read"), "several words narrow it down");
    await page.fill("#search", "outhand");
    assert.ok((await titles(page)).includes("outgoing-handler"), "letters that are left out are found");
    await page.fill("#search", "zzzzqqqq");
    assert.match(await page.locator("#results").innerText(), /Nothing has this name/);
    assert.equal(await page.locator("#found").textContent(), "0 results");
  },

  async "is searched with the keyboard alone"({ open }) {
    const page = await open(STREAMS);
    await page.keyboard.press("/");
    await page.keyboard.type("pollable");
    const selected = () => page.locator("#results [aria-selected='true']").getAttribute("id");
    await page.waitForFunction(() => document.querySelectorAll("#results [role=option]").length > 2);
    assert.equal(await selected(), "result-0");
    await page.keyboard.press("ArrowDown");
    assert.equal(await selected(), "result-1");
    assert.equal(await page.locator("#search").getAttribute("aria-activedescendant"), "result-1");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    const all = await page.locator("#results [role=option]").count();
    assert.equal(await selected(), `result-${all - 1}`, "before the first comes the last");
    await page.keyboard.press("ArrowDown");
    const to = await page.locator("#results [aria-selected='true'] a").evaluate((link) => link.href);
    await page.keyboard.press("Enter");
    await page.waitForURL(to);
    assert.ok(await page.locator("#resource\\.pollable").isVisible());
    await page.keyboard.press("/");
    await page.keyboard.type("x");
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("#results").isHidden());
    assert.equal(await page.locator("#search").inputValue(), "");
  },

  async "a result on the same page is gone to"({ open }) {
    const page = await open(STREAMS);
    await page.fill("#search", "output-stream.check-write");
    await page.click("#results [role=option] >> nth=0");
    await page.waitForFunction(() => decodeURIComponent(location.hash) === "#method.output-stream.check-write");
    assert.ok(await page.locator("#results").isHidden());
    const top = await page.locator("#method\\.output-stream\\.check-write").evaluate((one) => one.getBoundingClientRect().top);
    const bar = await page.locator(".top").evaluate((one) => one.getBoundingClientRect().bottom);
    assert.ok(top >= bar - 1, `the heading at ${top} is below the bar, which ends at ${bar}`);
  },

  async "follows the system's colours and the reader's choice"({ open }) {
    const dark = "rgb(18, 22, 20)";
    const light = "rgb(255, 255, 255)";
    const page = await open("wasi/index.html", { colorScheme: "dark" });
    assert.equal(await back(page), dark);
    assert.equal(await page.locator("#theme").getAttribute("aria-pressed"), "true");
    await page.click("#theme");
    assert.equal(await back(page), light);
    await page.reload();
    assert.equal(await back(page), light, "the choice is kept");
    await page.click("#theme");
    assert.equal(await back(page), dark);
    assert.equal(await back(await open("wasi/index.html", { colorScheme: "light" })), light);
  },

  async "is read without scripts"({ open }) {
    const page = await open(TYPES, { javaScriptEnabled: false });
    assert.ok(await page.locator("#resource\\.fields").isVisible());
    assert.ok(await page.locator("#search").isHidden());
    assert.ok(await page.locator("#theme").isHidden());
    await page.click("#menu a:text-is('fields')");
    assert.match(page.url(), /#resource\.fields$/);
    await page.click("main a:text-is('pollable') >> nth=0");
    assert.match(page.url(), /interface\.poll\.html#resource\.pollable$/);
    await page.click(".way a:text-is('Packages')");
    assert.match(page.url(), /index\.html$/);
  },

  async "goes from a version to the same page of another"({ open }) {
    const page = await open("wasi/wasi/http/0.2.12/interface.types.html");
    await page.click("#menu .versions a:text-is('0.3.2')");
    assert.match(page.url(), /http\/0\.3\.2\/interface\.types\.html$/);
    assert.equal(await page.locator("#menu .versions [aria-current]").textContent(), "0.3.2");
  },

  async "documentation of strangers does nothing"({ open }) {
    for (const name of ["index.html", "interface.things.html", "world.both.html"]) {
      const page = await open(`hostile/hostile/docs/1.0.0/${name}`);
      await page.waitForTimeout(50);
      assert.equal(await page.evaluate(() => window.stolen), undefined, name);
      assert.equal(await page.locator("main script, main img, main svg, main [onclick]").count(), 0, name);
      const links = await page.locator("main a").evaluateAll((all) => all.map((one) => one.protocol));
      assert.deepEqual(links.filter((protocol) => protocol !== "file:" && protocol !== "https:"), [], name);
    }
    const page = await open("hostile/hostile/docs/1.0.0/index.html");
    assert.match(await page.locator("main .docs").innerText(), /<script>window\.stolen = 1<\/script>/);
  },

  async "names in documentation lead to what they mean"({ open }) {
    const page = await open("hostile/hostile/docs/1.0.0/interface.things.html");
    const href = (text) => page.locator(`main .docs >> nth=0 >> a:has-text("${text}")`).first().getAttribute("href");
    assert.equal(await href("target"), "#type.target");
    assert.equal(await href("things.target.inner"), "#field.target.inner");
    assert.equal(await href("hostile:docs/things#take"), "#function.take");
    const first = await open("hostile/hostile/docs/1.0.0/index.html");
    assert.match(await first.locator("main .docs").innerText(), /\[gone\]/, "what means nothing stays as it is");
  },

  async "has landmarks, a way past the bar, and names for its controls"({ open }) {
    const page = await open(TYPES);
    for (const selector of ["header", "main", "nav[aria-label='Contents']", "nav[aria-label='Breadcrumbs']", "footer"]) {
      assert.equal(await page.locator(selector).count(), 1, selector);
    }
    assert.equal(await page.locator("h1").count(), 1);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    const levels = await page.locator("main h1, main h2, main h3, main h4").evaluateAll((all) => all.map((one) => Number(one.tagName[1])));
    assert.ok(levels.every((level, at) => at === 0 || level <= levels[at - 1] + 1), "no level is left out");
    const nameless = await page.locator("a, button, input").evaluateAll((all) => all.filter((one) => (one.textContent + (one.getAttribute("aria-label") ?? "")).trim() === "").length);
    assert.equal(nameless, 0);
  },

  async "prints without what only a screen needs"({ open }) {
    const page = await open(STREAMS);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator(".top").isHidden());
    assert.ok(await page.locator("#menu").isHidden());
    assert.ok(await page.locator("main h1").isVisible());
  },
};

const main = async () => {
  const browser = await chromium.launch({ executablePath, args });
  for (const [name, test] of Object.entries(tests)) {
    const trouble = [];
    const opened = [];
    const open = async (file, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
      opened.push(context);
      const page = await context.newPage();
      page.on("pageerror", (error) => trouble.push(String(error)));
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && trouble.push(message.text()));
      page.on("request", (request) => request.url().startsWith("file:") || trouble.push(`asks for ${request.url()}`));
      await page.goto(pathToFileURL(join(sites, file)).href);
      return page;
    };
    try {
      await test({ open });
      assert.deepEqual(trouble, []);
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}: ${String(error).replaceAll("\n", " ⏎ ")}`);
    }
    for (const context of opened) await context.close();
  }
  await browser.close();
};

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
