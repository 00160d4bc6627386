// The address bar: what is on the page as a link, and Back and Forward through what was.
(() => {
  "use strict";

  const LONGEST = 30000; // characters of an address
  const parse = (search) => new URLSearchParams(search);
  const tabOf = (search) => parse(search).get("tab") || "ask";
  const click = (id) => document.querySelector(id)?.click();

  let tab = tabOf(window.location.search);
  let asked = tab === "ask" ? window.location.search : ""; // what the Ask tab shows
  const addresses = { [tab]: window.location.search }; // each tab's own, which comes back with it
  const addressOf = (id) => addresses[id] ?? "";

  // without its longest parts, an address that no server would take, not even as where a request came from
  function linkable(search) {
    if (search.length <= LONGEST) return search;
    const query = parse(search);
    for (const part of ["sql", "after", "text", "q"]) {
      if (`?${query}`.length > LONGEST) query.delete(part);
    }
    return `?${query}`;
  }

  // a new step of the history, or the same step said better
  function go(wanted, step = true) {
    const search = linkable(wanted);
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
    if (event.target.closest?.("[role=tab]")) chosen = true;
  }, true);

  function showTab(id, certain = chosen) {
    if (!certain || id === tab) return;
    chosen = false;
    tab = id;
    go(addresses[id] ??= id === "ask" ? asked : `?tab=${id}`);
  }

  // Gradio opens the tab that the address names, one of ``names``
  function openTab(names) {
    if (!names.includes(tab)) tab = "ask";
    return { __type__: "update", selected: tab };
  }

  // Ask: the database, the question, and SQL that the visitor put in place of the answer's
  const isUpload = () => document.querySelector("#database input")?.value.startsWith("Your data / ");

  function note(query, step = false) {
    asked = `?${query}`;
    keep("ask", asked, step);
  }

  function remember(database, question = "", step = true, upload = isUpload()) {
    const query = new URLSearchParams({ db: database });
    if (upload) query.set("own", "1");
    if (question.trim()) query.set("q", question.trim());
    note(query, step);
    unlinked(false);
  }

  // whether the SQL on the page is too long for its address, which page.css then says
  const unlinked = (long) => document.documentElement.toggleAttribute("data-unlinked", long);

  const plain = (sql) => sql.replace(/\s+/g, " ").trim();
  const sharedSql = () => parse(asked).get("sql") ?? "";

  // SQL of more than ``longest`` characters stays out of the address
  function rememberSql(database, sql, longest) {
    const query = parse(asked);
    if (opening !== null || query.get("db") !== database || plain(sql) === plain(sharedSql())) return;
    if (sql.trim() && sql.length <= longest) query.set("sql", sql.trim());
    else query.delete("sql");
    note(query);
    unlinked(sql.length > longest);
  }

  // a link to a follow-up takes the questions before it along
  function rememberEarlier() {
    const earlier = document.querySelector("#earlier");
    const query = parse(asked);
    if (opening !== null || !earlier || earlier.dataset.question !== query.get("q")) return;
    if (earlier.value === "[]") query.delete("after");
    else query.set("after", earlier.value);
    note(query);
  }

  // the database of the address has been removed, and another one is on the page
  function forgetOther(database) {
    if (parse(asked).has("db") && parse(asked).get("db") !== database) remember(database, "", false);
  }

  const runShared = () => { if (opening === null && sharedSql()) click("#open-sql"); };

  // One address is opened at a time. Until its database is on the page, whatever works on a database waits.
  let opening = parse(asked).has("db") ? asked : null; // the address that is on its way
  let held = null; // what the visitor did last in the meantime
  let empties = false; // whether an address without a question empties its field

  function mark() {
    document.documentElement.toggleAttribute("data-opening", opening !== null);
  }

  function open() {
    if (opening !== null) return; // ``opened`` goes on with the latest address
    opening = asked;
    mark();
    click("#open-question");
  }

  function toOpen() {
    if (opening !== null) opening = asked;
    return [asked, visit()];
  }

  // ``address`` is on the page; returns it if its question is to be answered
  function opened(address = opening) {
    if (opening === null || address !== opening) return "";
    opening = null;
    if (asked !== address) {
      open();
      return "";
    }
    mark();
    const query = parse(asked);
    if (isUpload() && !query.has("own")) {
      query.set("own", "1");
      note(query);
    }
    return doHeld() ? "" : asked;
  }

  // does what was held; returns whether that is a question
  function doHeld() {
    const { find } = held ?? {};
    held = null;
    if (find) setTimeout(() => find()?.click());
    return find === askButton;
  }

  function hold(event, find) {
    if (opening === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = { find };
  }

  const askButton = () => document.querySelector("#ask");
  const WITHOUT_DATABASE = "[role=tab], .t2s-fold > button, [data-zoom], #cancel, #cancel-run";

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button, input[type=radio], input[type=checkbox]");
    const panel = document.querySelector("#question")?.closest("[role=tabpanel]");
    if (!panel?.contains(button ?? document.body) || button.matches(WITHOUT_DATABASE)) return;
    const text = button.textContent; // another database's button may take its place
    const still = () => (button.isConnected && button.textContent === text ? button : null);
    hold(event, button.id === "ask" ? askButton : still);
  }, true);

  document.addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (sends && event.target.closest?.("#question")) hold(event, askButton);
  }, true);

  // a second click or Enter asks nothing: as a follow-up of the first, it would mean something else
  const AGAIN_MS = 1000;
  let pressed = { question: "", at: -AGAIN_MS };

  function twice(event) {
    const question = document.querySelector("#question textarea")?.value ?? "";
    const again = question === pressed.question && event.timeStamp - pressed.at < AGAIN_MS;
    pressed = { question, at: event.timeStamp };
    if (!again) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  document.addEventListener("click", (event) => { if (event.target.closest?.("#ask")) twice(event); }, true);

  document.addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (sends && event.target.closest?.("#question")) twice(event);
  }, true);

  // another database, an earlier question or an upload is a step of the history like a link
  function choose(database, question = "") {
    remember(database, question, true, false); // ``opened`` adds whether it is an upload
    empties = false;
    open();
  }

  function askAbout(database) {
    showTab("ask", true);
    remember(database, "", false, true);
    empties = false;
    open();
    return openTab(["ask"]);
  }

  const question = (typed) => parse(asked).get("q") ?? (empties ? "" : typed);

  // Inspect and Report: the address follows what is shown; links to items, in any tab, open without a reload
  let wantedItem = "";
  let awaited = ""; // where Back or Forward led, until something is pressed
  let reopened = false; // whether that was opened again after an answer to an earlier step

  // the run in the list ``id`` is being read, until ``follow`` is told what is shown; returns ``place``
  function reads(id, place = []) {
    document.querySelector(id)?.setAttribute("data-reading", "");
    return place;
  }

  function follow(id, address) {
    for (const list of document.querySelectorAll("[data-reading]")) list.removeAttribute("data-reading");
    if (!address) return;
    if (awaited && address !== awaited) {
      if (!reopened) openAgain(id);
      return;
    }
    const [old, now] = [addressOf(id), address].map(parse);
    const moved = ["run", "other", "item"].some((name) => old.get(name) !== now.get(name));
    const step = moved && old.has("run") && old.get("text") === now.get("text");
    keep(id, address, step);
  }

  // the answer to an earlier step came last, and is what the page shows
  function openAgain(id) {
    reopened = true;
    click(id === "inspect" ? "#open-item" : "#open-report");
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
    reopened = false;
    awaited = tab === "inspect" || tab === "report" ? search : "";
    if (left !== tab) click("#open-tab");
    else if (awaited) click(tab === "inspect" ? "#open-item" : "#open-report");
    if (tab === "ask" && search !== asked) {
      asked = search;
      empties = true;
      open();
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

  mark();
  Object.assign(window.t2s, {
    addressOf, askAbout, choose, follow, followItem, forgetOther, opened, openTab, question, reads, remember, rememberEarlier,
    rememberSql, runShared, sharedSql, showTab, toOpen, visit,
    wanted: () => wantedItem,
  });
})();
