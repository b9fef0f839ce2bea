// Walks through a page that uses components, in a real browser.
//
// In: the folder of playwright-core, the browser, the folder to serve, a project of `withe new --lang js`.
// Out: a line `ok NAME` or `not ok NAME: why` for each test.
"use strict";
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { existsSync } = require("node:fs");
const { readFile } = require("node:fs/promises");
const { createServer } = require("node:http");
const { join, normalize, extname } = require("node:path");
const [playwright, executablePath, folder, project] = process.argv.slice(2);
const { chromium } = require(playwright);

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Modules and `fetch` want a server; whatever is not in the folder is not there. */
const serve = () =>
  new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
      try {
        const bytes = await readFile(join(folder, path));
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(bytes);
      } catch {
        response.writeHead(404).end();
      }
    });
    server.listen(0, "127.0.0.1", () => resolve(server));
  });

/** Runs a program on the page: its status, what it printed, and what it should have printed. */
const program = async (name) => {
  const [cli, filesystem] = await Promise.all(["cli", "filesystem"].map((file) => import(`/${name}/wasi/${file}.js`)));
  const input = [new TextEncoder().encode("some input\n")];
  const printed = [];
  cli._setArgs(["program", "a", "b c"]);
  cli._setEnv({ GREETING: "salve" });
  cli._setStdin({ blockingRead: () => input.pop() ?? new Uint8Array() });
  cli._setStdout({ write: (bytes) => printed.push(bytes) });
  filesystem._setPreopens(name === "go" ? { "/work": { "note.txt": "a note" } } : { work: {} });
  const { run } = await import(`/${name}/${name}.js`);
  let status = 0;
  try {
    run.run();
  } catch (error) {
    if (!error.exitError) throw error;
    status = error.code;
  }
  return [status, await new Blob(printed).text(), await (await fetch(`/${name}.txt`)).text()];
};

const tests = {
  async "a_string"(page) {
    assert.equal(await page.locator("output").textContent(), "Hello, page!");
    assert.equal(await page.evaluate(() => components.api.greet("ünïcödé 😀")), "Hello, ünïcödé 😀!");
  },
  async "a_resource"(page) {
    const got = await page.evaluate(() => {
      const counter = new components.api.Counter(0n);
      counter.increment();
      counter.increment();
      return [components.api.greet("JS"), String(counter.get())];
    });
    assert.deepEqual(got, ["Hello, JS!", "2"]);
  },
  async "a_list"(page) {
    const got = await page.evaluate(() => components.echo.nested([["a", "ß"], [], ["c".repeat(5000)]]));
    assert.deepEqual(got, [["a", "ß"], [], ["c".repeat(5000)]]);
  },
  async "an_async_export"(page) {
    const got = await page.evaluate(() => Promise.all([components.later(1), components.later(41)]));
    assert.deepEqual(got, [2, 42]);
    const isPromise = await page.evaluate(() => components.later(1) instanceof Promise);
    assert.ok(isPromise);
  },
  async "a_program_prints_to_the_console"(page) {
    const printed = [];
    page.on("console", (message) => printed.push(`${message.type()}: ${message.text()}`));
    await page.evaluate(() => components.hello.run());
    assert.deepEqual(printed, ["log: hello, world"]);
  },
  async "a_program_has_files_in_memory"(page) {
    const got = await page.evaluate(() => {
      const memory = new components.Memory({ "there.txt": "before" });
      components._setPreopens({ "/": memory });
      try {
        components.files.run();
      } catch (error) {
        if (!error.exitError) throw error;
        return [error.code, ...Object.entries(memory.files()).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])];
      }
    });
    assert.deepEqual(got, [0, ["there.txt", "before"], ["new.txt", "written\n"]]);
  },
  async "programs_of_compilers_print_what_they_print_elsewhere"(page) {
    const made = ["surveyor", "go"].filter((name) => existsSync(join(folder, `${name}.txt`)));
    assert.ok(made.includes("surveyor"));
    for (const name of made) {
      const [status, found, expected] = await page.evaluate(program, name);
      assert.equal(found, expected, name);
      assert.equal(status, 0);
    }
  },
  async "the_page_of_a_new_project"(page) {
    const server = spawn(process.execPath, ["serve.js", "0"], { cwd: project });
    try {
      const [url] = await once(server.stdout, "data");
      await page.goto(String(url).trim());
      await page.locator("#greeting", { hasText: "Hello, World!" }).waitFor({ timeout: 20_000 });
      await page.locator("input").fill("Ada");
      assert.equal(await page.locator("#greeting").textContent(), "Hello, Ada!");
      await page.locator("button").click();
      await page.locator("button").click();
      assert.equal(await page.locator("output").textContent(), "2");
    } finally {
      server.kill();
    }
  },
  async "an_error_names_function_and_parameter"(page) {
    const message = await page.evaluate(() => {
      try {
        return components.api.greet(7);
      } catch (error) {
        return error.message;
      }
    });
    assert.equal(message, 'greet: parameter "name": expected a string, found a number');
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
      await page.goto(`http://127.0.0.1:${server.address().port}/page.html`);
      await page.waitForFunction(() => window.components, undefined, { timeout: 20_000 });
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
