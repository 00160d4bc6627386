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

  // the menu of a chart has a picture only
  new MutationObserver(() => {
    for (const menu of document.querySelectorAll(".vega-embed summary:not([aria-label])")) {
      menu.setAttribute("aria-label", "Save the chart");
    }
  }).observe(document, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    if (event.target === entered && entered.value === untouched) entered.select();
  });
})();
