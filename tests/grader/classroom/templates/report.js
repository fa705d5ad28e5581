"use strict";
const root = document.documentElement;
const say = language => {
  root.dataset.language = language;
  root.lang = language === "zh" ? "zh-CN" : "en";
  for (const option of document.querySelectorAll("option[data-en]")) option.textContent = option.dataset[language];
};
say(new URLSearchParams(location.hash.slice(1)).get("lang") || root.dataset.language);
document.getElementById("language").addEventListener("click", () => say(root.dataset.language === "en" ? "zh" : "en"));

const table = document.getElementById("students");
if (table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const words = document.getElementById("words");
  const kind = document.getElementById("kind");
  const filter = () => {
    const wanted = words.value.trim().toLowerCase();
    for (const row of rows) {
      const isWanted = row.textContent.toLowerCase().includes(wanted) && (!kind.value || row.dataset.kind === kind.value);
      row.hidden = !isWanted;
    }
  };
  words.addEventListener("input", filter);
  kind.addEventListener("change", filter);
  document.getElementById("filter").addEventListener("submit", event => event.preventDefault());
  for (const button of table.querySelectorAll("th button")) {
    button.addEventListener("click", () => {
      const head = button.closest("th");
      const direction = head.ariaSort === "ascending" ? -1 : 1;
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.ariaSort = direction === 1 ? "ascending" : "descending";
      const value = row => row.cells[head.cellIndex].dataset.value;
      const compare = button.dataset.sort === "number" ? (a, b) => value(a) - value(b) : (a, b) => value(a).localeCompare(value(b));
      rows.sort((a, b) => direction * compare(a, b));
      body.append(...rows);
    });
  }
}
