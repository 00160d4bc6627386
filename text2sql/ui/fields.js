// Fields by the keyboard: lists that open when asked to, names that are typed over, an editor to leave.
(() => {
  "use strict";

  const isList = (element) => element?.matches?.("input[role=combobox]");
  const MODIFIERS = ["Shift", "Control", "Alt", "Meta"];
  let pointed = false; // whether the last thing used was a pointer
  let entered = null; // the list that the focus is in
  let untouched = ""; // its name when the focus came

  document.addEventListener("pointerdown", () => { pointed = true; }, true);

  document.addEventListener("keydown", (event) => {
    pointed = false;
    // Gradio opens a list on every key, a moment later, when the focus has already left with Tab
    const leaves = event.key === "Tab" || MODIFIERS.includes(event.key);
    if (leaves && isList(event.target)) event.stopImmediatePropagation();
    // the editor would indent
    if (event.key === "Tab" && event.target.closest?.(".cm-content")) event.stopImmediatePropagation();
    // what is typed replaces the name, also after the arrow keys, and so filters the whole list
    const types = (event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey;
    if (types && event.target === entered && entered.value === untouched) entered.select();
  }, true);

  document.addEventListener("focusin", (event) => {
    const field = event.target;
    entered = isList(field) && !field.readOnly ? field : null;
    untouched = entered?.value;
    if (pointed || !isList(field)) return;
    // Gradio opens a list on focus: closed again, for whoever is on the way to another field
    entered?.select();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  });

  // tabs by the arrow keys, as in other programs
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const list = step && event.target.closest?.("[role=tab]")?.closest("[role=tablist]");
    if (!list || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const tabs = [...list.querySelectorAll("[role=tab]")].filter((tab) => tab.checkVisibility());
    event.preventDefault();
    tabs.at((tabs.indexOf(event.target) + step) % tabs.length).focus();
  });

  // a button that goes away while it is used, as Ask does for Cancel, has the focus again afterwards
  const PARTNERS = {
    cancel: "#ask", "cancel-run": "#run", "evaluate-cancel": "#evaluate-start", carried: "#question textarea",
    "ask-own": "#question textarea", "remove-own": "#upload button", upload: "#upload button",
  };
  let used = ""; // the button that has the focus, or had it last, or what it belongs to

  document.addEventListener("focusin", ({ target }) => {
    used = (!pointed && target.matches("button") && target.closest("[id]")?.id) || "";
  });
  document.addEventListener("pointerdown", () => { used = ""; }, true);

  new MutationObserver(() => {
    if (!used || document.activeElement !== document.body) return;
    const shown = [document.querySelector(PARTNERS[used] ?? null), document.getElementById(used)];
    shown.find((button) => button?.checkVisibility())?.focus({ preventScroll: true });
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "style"] });

  // a form that is being filled takes nothing: the answer would overwrite it
  let filling = 0; // answers that are on their way

  function fill(more) {
    filling = Math.max(0, filling + more);
    document.documentElement.toggleAttribute("data-filling", filling > 0);
  }

  function fills(values) {
    fill(1);
    return values;
  }

  for (const kind of ["beforeinput", "keydown", "mousedown", "click"]) {
    document.addEventListener(kind, (event) => {
      const held = filling > 0 && event.target.closest?.(".t2s-held");
      if (!held || event.key === "Tab") return;
      if (kind === "keydown" && !isList(event.target)) return; // keys may move the caret
      if (kind === "mousedown" && !isList(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }

  // Gradio's headings do not know the type of their column
  new MutationObserver(() => {
    for (const head of document.querySelectorAll("#rows th[role=columnheader]")) {
      const cell = document.querySelector(`#rows [role=gridcell][data-col="${head.dataset.heading}"]`);
      const numeric = Boolean(cell) && !cell.querySelector("span.text");
      if (head.hasAttribute("data-numeric") !== numeric) head.toggleAttribute("data-numeric", numeric);
    }
  }).observe(document, { childList: true, subtree: true });

  // the menu of a chart has a picture only
  new MutationObserver(() => {
    for (const menu of document.querySelectorAll(".vega-embed summary:not([aria-label])")) {
      menu.setAttribute("aria-label", "Save the chart");
    }
  }).observe(document, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    if (event.target === entered && entered.value === untouched) entered.select();
  });

  Object.assign(window.t2s, { fills, filled: () => fill(-1) });
})();
