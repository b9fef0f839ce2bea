// Light or dark, and the search. Without this script everything else works.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("scripted");

  // Readers may forbid storage: then a choice lasts for the page.
  const stored = {
    get() {
      try {
        return localStorage.getItem("withe-theme");
      } catch {
        return null;
      }
    },
    set(theme) {
      try {
        localStorage.setItem("withe-theme", theme);
      } catch {
        // Nothing to do.
      }
    },
  };
  const chosen = stored.get();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  const isDark = () => {
    if (root.dataset.theme) return root.dataset.theme === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  };

  // The index is loaded when somebody first wants to search.
  let index = null;
  let loading = null;
  const load = () => {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = root.dataset.root + root.dataset.index;
      script.onload = () => {
        index = window.withe_search;
        done();
      };
      script.onerror = () => failed(new Error("no index"));
      document.head.append(script);
    });
    return loading;
  };

  const words = (text) => text.toLowerCase().split(/[\s/:@#]+/).filter((word) => word !== "");

  // How well one word fits a name: 0 is not at all.
  const fit = (name, word) => {
    if (name === word) return 100;
    const own = name.slice(name.lastIndexOf(".") + 1);
    if (own === word) return 90;
    if (own.startsWith(word)) return 70 - Math.min(20, own.length - word.length);
    if (name.startsWith(word)) return 60 - Math.min(20, name.length - word.length);
    const at = name.indexOf(word);
    if (at > 0) return "-.".includes(name[at - 1]) ? 40 : 20;
    return letters(name, word) ? 8 : 0;
  };

  // Whether the letters of a word come in a name in their order.
  const letters = (name, word) => {
    if (word.length < 3) return false;
    let at = 0;
    for (const letter of name) if (letter === word[at]) at += 1;
    return at === word.length;
  };

  const weight = { package: 6, interface: 6, world: 6, resource: 4, record: 4, variant: 4, enum: 4, flags: 4, type: 4, function: 3, method: 2, static: 2, constructor: 1 };

  const score = (item, asked) => {
    const [kind, name, page, , about, old] = item;
    const [path, pack] = index.pages[page];
    const low = name.toLowerCase();
    let total = 0;
    let named = false;
    for (const word of asked) {
      const own = fit(low, word);
      named ||= own >= 8;
      const around = own > 0 ? 0 : path.includes(word) || pack.includes(word) ? 12 : about.toLowerCase().includes(word) ? 3 : 0;
      if (own + around === 0) return 0;
      total += own + around;
    }
    if (!named && asked.length > 1) total -= 5;
    return total + (weight[kind] ?? 0) - (old ? 10 : 0) - low.length / 50;
  };

  const search = (text) => {
    const asked = words(text);
    if (asked.length === 0 || index === null) return [];
    const found = [];
    index.items.forEach((item, order) => {
      const points = score(item, asked);
      if (points > 0) found.push({ item, points, order });
    });
    // Of the same item in several versions the newest comes first.
    found.sort((one, other) => other.points - one.points || other.order - one.order);
    return found.slice(0, 40).map((one) => one.item);
  };

  const marked = (into, text, asked) => {
    const low = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      const hit = asked.find((word) => low.startsWith(word, at));
      const end = hit === undefined ? at + 1 : at + hit.length;
      if (hit === undefined) {
        into.append(text.slice(at, end));
      } else {
        const mark = document.createElement("mark");
        mark.textContent = text.slice(at, end);
        into.append(mark);
      }
      at = end;
    }
  };

  const part = (name, text) => {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    return span;
  };

  const entry = (item, number, asked) => {
    const [kind, name, page, anchor, about, old] = item;
    const [path, pack] = index.pages[page];
    const option = document.createElement("li");
    option.id = `result-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const link = document.createElement("a");
    link.href = root.dataset.root + path + (anchor === "" ? "" : "#" + encodeURIComponent(anchor));
    link.tabIndex = -1;
    const file = path.slice(path.lastIndexOf("/") + 1).split(".");
    link.append(part("where", file.length > 2 && kind !== "interface" && kind !== "world" ? `${pack} · ${file[1]}` : pack));
    link.append(part("kind", kind));
    const title = part(old ? "title old" : "title", "");
    marked(title, name, asked);
    link.append(title);
    if (about !== "") link.append(part("about", about));
    option.append(link);
    return option;
  };

  const start = () => {
    const input = document.getElementById("search");
    const list = document.getElementById("results");
    const said = document.getElementById("found");
    let selected = -1;

    const select = (number) => {
      const options = list.querySelectorAll("[role=option]");
      if (options.length === 0) return;
      selected = (number + options.length) % options.length;
      options.forEach((option, at) => option.setAttribute("aria-selected", String(at === selected)));
      options[selected].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[selected].id);
    };

    const close = () => {
      list.hidden = true;
      selected = -1;
      said.textContent = "";
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };

    const show = () => {
      const asked = words(input.value);
      if (asked.length === 0) return close();
      const found = search(input.value);
      list.replaceChildren(...found.map((item, number) => entry(item, number, asked)));
      if (found.length === 0) {
        const none = part("none", index === null ? "Loading the index…" : "Nothing has this name.");
        const row = document.createElement("li");
        row.setAttribute("role", "presentation");
        row.append(none);
        list.append(row);
      }
      said.textContent = found.length === 1 ? "1 result" : `${found.length} results`;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      select(0);
    };

    const wanted = () => load().then(show, () => (said.textContent = "The index of the search cannot be loaded."));

    input.addEventListener("focus", wanted);
    input.addEventListener("input", () => (index === null ? wanted() : show()));
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) show();
        else select(selected + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden) {
        const link = list.querySelector('[aria-selected="true"] a');
        if (link === null) return;
        event.preventDefault();
        close();
        input.blur();
        location.href = link.href;
      } else if (event.key === "Escape") {
        close();
        input.value = "";
        input.blur();
      }
    });
    list.addEventListener("click", (event) => {
      if (event.target.closest("a") !== null) close();
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest(".search") === null) close();
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable]") !== null;
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.focus();
        input.select();
      }
    });

    const button = document.getElementById("theme");
    const tell = () => button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", () => {
      const theme = isDark() ? "light" : "dark";
      root.dataset.theme = theme;
      stored.set(theme);
      tell();
    });
    tell();
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
