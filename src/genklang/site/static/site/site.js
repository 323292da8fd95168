// Everything works without this file. It only makes four things handier.
(() => {
  // Escape closes an open menu and gives the focus back to its button.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
  // After htmx has changed a part of the page, a new error summary takes the focus as it does after a full load.
  document.addEventListener("htmx:afterSettle", (event) => {
    event.target.querySelector?.(".error-summary")?.focus();
  });
  // What somebody has opened stays open when htmx changes the list that it stands in.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    for (const one of detail.target.querySelectorAll("details[open][id]")) {
      detail.serverResponse = detail.serverResponse.replace(`<details id="${one.id}"`, `<details open id="${one.id}"`);
    }
  });
  // On a narrow screen filters that nobody has used fold away, so that what was found comes first.
  const filters = document.querySelector("details.filters");
  if (filters && innerWidth < 640 && ![...filters.querySelectorAll("select")].some((one) => one.value)) {
    filters.removeAttribute("open");
  }
})();
