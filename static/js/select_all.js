// One box for all rows, and how many are chosen.

export default function selectAll(table) {
  const boxes = [...table.querySelectorAll("tbody .table__select input")];
  const label = document.createElement("label");
  const all = document.createElement("input");
  const text = document.createElement("span");
  const status = document.createElement("p");
  label.className = "table__select-all";
  all.type = "checkbox";
  all.className = "option__input";
  text.textContent = table.dataset.selectAll;
  label.append(all, text);
  table.querySelector("thead .table__select").replaceChildren(label);
  status.className = "table__selected";
  status.setAttribute("role", "status");
  table.before(status);
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  table.addEventListener("change", show);
  show();

  function show() {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length && chosen > 0;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    status.textContent = chosen ? table.dataset.selected.replace("{n}", chosen) : "";
  }
}
