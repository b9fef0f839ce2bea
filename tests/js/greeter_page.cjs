// Clicks through the page of fixtures/apps/greeter-page, in a real browser.
//
// In: the folder of playwright-core, the browser, the project, which is built.
// Out: a line `ok NAME` or `not ok NAME: why` for each test.
"use strict";
const assert = require("node:assert/strict");
const { readFile } = require("node:fs/promises");
const { createServer } = require("node:http");
const { join, normalize, extname } = require("node:path");
const [playwright, executablePath, folder] = process.argv.slice(2);
const { chromium } = require(playwright);

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Serves the project as any server of files does. */
const serve = () =>
  new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
      try {
        const bytes = await readFile(join(folder, path.endsWith("/") ? `${path}index.html` : path));
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/html" }).end(bytes);
      } catch {
        response.writeHead(404).end();
      }
    });
    server.listen(0, "127.0.0.1", () => resolve(server));
  });

const tests = {
  async "the_greeting_follows_the_name"(page) {
    await page.locator("#name").fill("Ada Lövelace 😀");
    assert.equal(await page.locator("#greeting").textContent(), "Hello, Ada Lövelace 😀!");
  },
  async "each_counter_counts_by_itself"(page) {
    await page.getByText("Add a counter").click();
    await page.getByText("Add a counter").click();
    const rows = page.locator("#counters li");
    for (const at of [0, 1, 0, 0]) await rows.nth(at).getByText("Count").click();
    assert.deepEqual(await rows.locator("output").allTextContents(), ["3", "1"]);
  },
  async "a_counter_that_is_removed_is_disposed_of"(page) {
    await page.getByText("Add a counter").click();
    await page.getByText("Add a counter").click();
    const rows = page.locator("#counters li");
    await rows.nth(1).getByText("Count").click();
    await rows.nth(0).getByText("Remove").click();
    assert.deepEqual(await rows.locator("output").allTextContents(), ["1"]);
    await rows.nth(0).getByText("Count").click();
    assert.deepEqual(await rows.locator("output").allTextContents(), ["2"]);
    // A thousand come and go without growing: the component gets its counters back.
    for (let at = 0; at < 1000; at += 1) {
      await page.evaluate(() => {
        document.querySelector("#add").click();
        document.querySelector("#counters li:last-child button:last-child").click();
      });
    }
    assert.deepEqual(await rows.locator("output").allTextContents(), ["2"]);
  },
};

const main = async () => {
  const server = await serve();
  const browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
  for (const [name, test] of Object.entries(tests)) {
    const page = await browser.newPage();
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    try {
      await page.goto(`http://127.0.0.1:${server.address().port}/page/`);
      await page.locator("#greeting", { hasText: "Hello, World!" }).waitFor({ timeout: 20_000 });
      await test(page);
      assert.deepEqual(wrong, []);
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}: ${[error.stack, ...wrong].join(" | ").replaceAll("\n", " ⏎ ")}`);
    }
    await page.close();
  }
  await browser.close();
  server.close();
};

main();
