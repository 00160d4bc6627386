// What the page does beside Gradio: files of rows, the seconds of a wait, the diagram, single keystrokes.
(() => {
  "use strict";

  // a spreadsheet knows UTF-8 by the mark at its start
  function save(text, name, type = "text/csv") {
    const mark = type === "text/csv" ? "\ufeff" : "";
    // a workbook arrives in base64
    const content = type.includes("officedocument") ? Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) : text;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([mark, content], { type: `${type};charset=utf-8` }));
    link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, "_");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // the examples stand below the answer; a chosen one is answered up here
  function showQuestion() {
    const question = document.querySelector("#question");
    if (question && question.getBoundingClientRect().top < 0) {
      question.scrollIntoView({ block: "center" });
    }
  }

  // the seconds of a wait; the server says them only now and then
  setInterval(() => {
    for (const shown of document.querySelectorAll(".t2s-elapsed")) {
      shown.since ??= performance.now() - 1000 * parseFloat(shown.textContent);
      shown.textContent = `${((performance.now() - shown.since) / 1000).toFixed(1)} s`;
    }
  }, 100);

  // A process that ends leaves answers unfinished, and a proxy may end their streams as if they were complete.
  // Whoever waits then is told, and comes with the same question to the process that has taken over.
  async function serverOf(address) {
    try {
      const response = await fetch(address, { cache: "no-store" });
      if (response.ok) return (await response.json()).app_id;
      return response.status < 500 ? "unknown" : "none";
    } catch {
      return "none";
    }
  }

  const NO_ANSWER = "The server does not answer. This page waits for it.";
  const RESTARTED = "The server was restarted. The page is loaded again.";

  const waiting = () => [...document.querySelectorAll(".t2s-working")].filter((wait) => wait.checkVisibility());

  let checking = false;
  setInterval(async () => {
    if (checking || !waiting().length) return;
    checking = true;
    const server = await serverOf("gradio_api/app_id");
    checking = false;
    const waits = waiting();
    const say = (text) => waits.forEach((wait) => { wait.textContent = text; });
    // a server that was only out of reach has said since how long the answer takes
    const lost = waits.some((wait) => wait.textContent === NO_ANSWER);
    if (!waits.length || server === "unknown") return;
    if (server === "none") say(NO_ANSWER);
    else if (lost || server !== window.gradio_config?.app_id) {
      say(RESTARTED);
      setTimeout(() => window.location.reload(), 1500);
    }
  }, 3000);

  // rows of SQL that was changed since are marked as out of date
  let editor = null;
  const plain = (sql) => sql.replace(/\s+/g, " ").trim();

  function compareSql() {
    const ran = document.querySelector("#headline data");
    const answer = document.querySelector("#answer");
    const stale = ran !== null && editor !== null && plain(editor) !== plain(ran.value);
    if (answer && answer.hasAttribute("data-stale") !== stale) answer.toggleAttribute("data-stale", stale);
  }

  function edited(sql) {
    editor = sql;
    compareSql();
  }

  // the tables that the answer reads are marked in the schema
  function markTables() {
    const used = new Set([...document.querySelectorAll(".t2s-used code")].map((code) => code.textContent));
    for (const name of document.querySelectorAll("#tables .t2s-name")) {
      const card = name.closest(".t2s-card");
      const lit = used.has(name.textContent);
      if (card.hasAttribute("data-used") !== lit) card.toggleAttribute("data-used", lit);
    }
  }

  new MutationObserver(() => { compareSql(); markTables(); restoreSql(); goToReadings(); }).observe(document, { childList: true, subtree: true });

  // the SQL is open where the visitor left it open
  const SQL_OPEN = "t2s-sql-open";
  const isOpen = (button) => button.classList.contains("open");

  function unfold(button, tries) {
    if (isOpen(button) || !tries || button.dataset.used) return;
    button.click(); // to no avail before Gradio listens
    setTimeout(() => unfold(button, tries - 1), 200);
  }

  function restoreSql() {
    const button = document.querySelector("#sql-fold > button");
    if (!button || button.dataset.seen) return;
    button.dataset.seen = "1";
    try { if (localStorage.getItem(SQL_OPEN)) unfold(button, 10); } catch { /* no storage */ }
  }

  document.addEventListener("click", (event) => {
    const button = event.isTrusted && event.target.closest?.("#sql-fold > button");
    if (!button) return;
    button.dataset.used = "1";
    setTimeout(() => {
      try { localStorage.setItem(SQL_OPEN, isOpen(button) ? "1" : ""); } catch { /* no storage */ }
    }, 100);
  });

  // two readings to choose from: the keys 1 and 2 choose; whoever has just asked is taken to them
  function goToReadings() {
    const asked = document.querySelector("#asks-back p");
    const button = document.querySelector("#choose-1");
    if (!asked || asked.dataset.seen || !button?.checkVisibility()) return;
    asked.dataset.seen = "1";
    const from = document.activeElement;
    if (from === document.body || from.closest?.(".t2s-question, #examples, #history")) {
      setTimeout(() => { // after Gradio's own, unless the visitor has gone elsewhere
        if ([from, document.body].includes(document.activeElement)) button.focus({ preventScroll: true });
      }, 100);
    }
  }

  document.addEventListener("keydown", (event) => {
    if (!["1", "2"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const button = document.querySelector(`#choose-${event.key}`);
    if (!button?.checkVisibility()) return;
    event.preventDefault();
    button.click();
  });

  // the list is drawn anew with each item; whoever was in it with the keyboard stays there
  let inList = false;
  for (const kind of ["focusin", "pointerdown"]) {
    document.addEventListener(kind, (event) => {
      inList = Boolean(event.target.closest?.("#items"));
    });
  }
  new MutationObserver(() => {
    if (!inList || document.activeElement !== document.body) return;
    document.querySelector("#items [aria-current]")?.focus({ preventScroll: true });
  }).observe(document, { childList: true, subtree: true });

  document.addEventListener("keydown", (event) => {
    const button = { ArrowLeft: "#item-previous", ArrowRight: "#item-next" }[event.key];
    if (!button || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const taken = "input, textarea, select, [contenteditable], [role=tab], [role=listbox], .t2s-scroll";
    if (event.target.closest?.(taken)) return;
    const found = document.querySelector(button);
    if (!found?.checkVisibility() || found.disabled) return;
    event.preventDefault();
    found.click();
  });

  // Ctrl or Cmd + Enter in the editor runs its query
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    if (!event.target.closest?.("#sql")) return;
    event.preventDefault();
    event.stopPropagation();
    document.querySelector("#run")?.click();
  }, true);

  // the diagram: buttons, dragging, and the wheel together with Ctrl (a plain wheel scrolls)
  const views = new WeakMap();

  function viewOf(svg) {
    const drawn = svg.dataset.box;
    if (!views.has(svg) || views.get(svg).drawn !== drawn) {
      const [x, y, width, height] = drawn.split(" ").map(Number);
      views.set(svg, { drawn, home: { x, y, width, height }, x, y, width, height });
    }
    return views.get(svg);
  }

  function apply(svg, view) {
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  }

  function zoom(svg, factor, at) {
    const view = viewOf(svg);
    const width = Math.min(Math.max(view.width * factor, 120), view.home.width * 2);
    const scale = width / view.width;
    const point = at || { x: view.x + view.width / 2, y: view.y + view.height / 2 };
    view.x = point.x - (point.x - view.x) * scale;
    view.y = point.y - (point.y - view.y) * scale;
    view.width = width;
    view.height *= scale;
    apply(svg, view);
  }

  function fit(svg) {
    const view = viewOf(svg);
    Object.assign(view, view.home);
    apply(svg, view);
  }

  function position(svg, event) {
    const point = new DOMPoint(event.clientX, event.clientY);
    return point.matrixTransform(svg.getScreenCTM().inverse());
  }

  const diagramAt = (event) => event.target.closest?.(".t2s-canvas")?.querySelector("svg");

  document.addEventListener("click", (event) => {
    const tool = event.target.closest?.("[data-zoom]");
    const svg = tool && diagramAt(event);
    if (!svg) return;
    const canvas = tool.closest(".t2s-canvas");
    if (tool.dataset.zoom === "in") zoom(svg, 0.75);
    if (tool.dataset.zoom === "out") zoom(svg, 1 / 0.75);
    if (tool.dataset.zoom === "fit") fit(svg);
    if (tool.dataset.zoom === "full") {
      if (document.fullscreenElement) document.exitFullscreen();
      else canvas.requestFullscreen?.();
    }
  });

  document.addEventListener("wheel", (event) => {
    const svg = diagramAt(event);
    if (!svg || !(event.ctrlKey || event.metaKey || document.fullscreenElement)) return;
    event.preventDefault();
    zoom(svg, event.deltaY > 0 ? 1.15 : 1 / 1.15, position(svg, event));
  }, { passive: false });

  let drag = null;
  document.addEventListener("pointerdown", (event) => {
    const svg = diagramAt(event);
    if (!svg || event.button !== 0 || event.target.closest?.("[data-zoom]")) return;
    drag = { svg, from: position(svg, event) };
    svg.classList.add("t2s-dragging");
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const view = viewOf(drag.svg);
    const to = position(drag.svg, event);
    view.x += drag.from.x - to.x;
    view.y += drag.from.y - to.y;
    apply(drag.svg, view);
  });
  document.addEventListener("pointerup", () => {
    drag?.svg.classList.remove("t2s-dragging");
    drag = null;
  });

  // pointing at a table brings out its keys
  document.addEventListener("pointerover", (event) => {
    const svg = diagramAt(event);
    if (!svg) return;
    const table = event.target.closest?.("[data-table]")?.dataset.table;
    svg.classList.toggle("t2s-focused", table !== undefined);
    for (const key of svg.querySelectorAll(".t2s-er-key")) {
      key.classList.toggle("t2s-lit", key.dataset.from === table || key.dataset.to === table);
    }
  });

  window.t2s = { edited, save, showQuestion };
})();
