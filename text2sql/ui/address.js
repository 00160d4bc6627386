// The address bar: what is on the page as a link, and Back and Forward through what was.
(() => {
  "use strict";

  const LONGEST = 6000; // characters of SQL in an address
  const tabOf = (search) => new URLSearchParams(search).get("tab") || "ask";
  const click = (id) => document.querySelector(id)?.click();

  let tab = tabOf(window.location.search);
  let asked = tab === "ask" ? window.location.search : ""; // what the Ask tab shows
  const addresses = { [tab]: window.location.search }; // each tab's own, which comes back with it
  const addressOf = (id) => addresses[id] ?? "";

  // a new step of the history, or the same step said better
  function go(search, step = true) {
    if (search === window.location.search) return;
    const url = window.location.pathname + search;
    if (step) window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
  }

  function keep(id, search, step) {
    addresses[id] = search;
    if (tab === id) go(search, step);
  }

  // Gradio also reports tabs that it opens by itself or was told to open, and that some time later
  let chosen = false; // whether the visitor has just chosen a tab
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[role=tab], .overflow-dropdown button")) chosen = true;
  }, true);

  function showTab(id, certain = chosen) {
    if (!certain || id === tab) return;
    chosen = false;
    tab = id;
    go(addresses[id] ??= id === "ask" ? asked : `?tab=${id}`);
  }

  // Ask: the database, the question, and SQL that the visitor put in place of the answer's
  const isUpload = () => document.querySelector("#database input")?.value.startsWith("Your data / ");

  function remember(database, question = "", step = true, upload = isUpload()) {
    const query = new URLSearchParams({ db: database });
    if (upload) query.set("own", "1");
    if (question.trim()) query.set("q", question.trim());
    asked = `?${query}`;
    keep("ask", asked, step);
  }

  function rememberSql(database, sql) {
    const query = new URLSearchParams(asked);
    query.set("db", database);
    if (sql.trim() && sql.length <= LONGEST) query.set("sql", sql.trim());
    else query.delete("sql");
    asked = `?${query}`;
    keep("ask", asked, false);
  }

  // a link to a follow-up takes the questions before it along
  function rememberEarlier() {
    const earlier = document.querySelector("#earlier")?.value ?? "[]";
    const query = new URLSearchParams(asked);
    if (!query.has("q")) return;
    if (earlier === "[]") query.delete("after");
    else query.set("after", earlier);
    asked = `?${query}`;
    keep("ask", asked, false);
  }

  const sharedSql = () => new URLSearchParams(asked).get("sql") ?? "";
  const runShared = () => { if (sharedSql()) click("#open-sql"); };

  // Inspect and Report: the address follows what is shown; links to items, in any tab, open without a reload
  let wantedItem = "";
  let awaited = ""; // where Back or Forward led, until it is shown

  function follow(id, address) {
    if (!address || (awaited && address !== awaited)) return;
    const [old, now] = [addressOf(id), address].map((search) => new URLSearchParams(search));
    const moved = ["run", "other", "item"].some((name) => old.get(name) !== now.get(name));
    const step = moved && old.has("run") && old.get("text") === now.get("text");
    awaited = "";
    keep(id, address, step);
  }

  function followItem(address) {
    follow("inspect", address);
    requestAnimationFrame(() => {
      const list = document.querySelector("#items .t2s-items");
      const current = list?.querySelector("[aria-current]");
      if (!current) return;
      const top = current.offsetTop - list.offsetTop;
      if (top < list.scrollTop || top + current.offsetHeight > list.scrollTop + list.clientHeight) {
        list.scrollTop = top - list.clientHeight / 3;
      }
    });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.t2s-item-link");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    wantedItem = link.getAttribute("href");
    if (tab !== "inspect") {
      tab = "inspect";
      addresses.inspect = wantedItem;
      go(wantedItem);
      click("#open-tab");
    }
    click("#open-item");
  });

  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => { awaited = ""; }, true);
  }

  window.addEventListener("popstate", () => {
    const [search, left] = [window.location.search, tab];
    tab = tabOf(search);
    addresses[tab] = wantedItem = search;
    awaited = tab === "inspect" || tab === "report" ? search : "";
    if (left !== tab) click("#open-tab");
    else if (awaited) click(tab === "inspect" ? "#open-item" : "#open-report");
    if (tab === "ask" && search !== asked) {
      asked = search;
      click("#open-question");
    }
  });

  // a reload is the same visit, which ends with the browser's tab
  function visit() {
    const name = "t2s-visit";
    try {
      if (!sessionStorage.getItem(name)) {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        sessionStorage.setItem(name, [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(""));
      }
      return sessionStorage.getItem(name);
    } catch {
      return ""; // no storage here: uploads end with a reload
    }
  }

  Object.assign(window.t2s, {
    addressOf, follow, followItem, remember, rememberEarlier, rememberSql, runShared, sharedSql, showTab, visit,
    opened: () => [asked, visit()],
    tab: () => tab,
    wanted: () => wantedItem,
  });
})();
