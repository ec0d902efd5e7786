// Rows copied in a spreadsheet are dealt out over the cells of a table, from the one in which they are pasted. Rows are
// added as far as the table goes; what finds no room goes into the box beneath, which also works without this script.

export default function paste(table) {
  const words = table.dataset;
  const NAME = new RegExp(`^(${words.paste.replace(/-paste$/, "-")})(\\d+)(-.+)$`);
  const body = table.tBodies[0];
  const box = document.getElementById(words.paste);
  const spoken = document.createElement("p");
  spoken.className = "field__support";
  spoken.setAttribute("role", "status");
  table.closest(".table-place").after(spoken);
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const cell = event.target.closest("td");
    if (!cell || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    deal(rowsOf(text), [...body.rows].indexOf(cell.parentElement), cell.cellIndex);
  });

  function deal(rows, top, left) {
    const heads = [...table.tHead.rows[0].cells].slice(left).map((head) => head.textContent.trim());
    if (rows[0].every((text, place) => text.trim() === heads[place])) rows.shift();
    let filled = 0;
    while (rows.length && (body.rows[top] ?? added())) {
      const cells = [...body.rows[top].cells].slice(left);
      const [row] = rows;
      if (row.length > cells.length || !row.every((text, place) => takes(cells[place], text))) break;
      row.forEach((text, place) => put(cells[place], text));
      filled += row.length;
      rows.shift();
      top += 1;
    }
    spoken.textContent = words.pasted.replace("{n}", filled);
    if (rows.length) overflow(rows, left);
    table.dispatchEvent(new Event("input", { bubbles: true }));
    body.querySelector("input, select, textarea").dispatchEvent(new Event("input", { bubbles: true }));
  }

  function overflow(rows, left) {
    const lines = rows.map((row) => [...Array(left).fill(""), ...row].map(quoted).join("\t"));
    box.value = [box.value.trimEnd(), ...lines].filter(Boolean).join("\n");
    box.closest("details").open = true;
    spoken.textContent = `${spoken.textContent} ${words.tooMany}`;
  }

  // Another row like the last one, empty, named and numbered as the next.
  function added() {
    const number = body.rows.length;
    if (number >= Number(words.most)) return null;
    const row = body.rows[number - 1].cloneNode(true);
    for (const error of row.querySelectorAll(".field__error")) error.remove();
    [...row.cells].forEach((cell, place) => {
      const field = fieldOf(cell);
      const [, before, last, after] = field.name.match(NAME);
      field.name = field.id = `${before}${Number(last) + 1}${after}`;
      field.value = "";
      for (const name of ["aria-invalid", "aria-describedby"]) field.removeAttribute(name);
      const head = table.tHead.rows[0].cells[place].textContent.trim();
      field.setAttribute("aria-label", words.label.replace("{column}", head).replace("{row}", number + 1));
    });
    body.append(row);
    return row;
  }
}

const fieldOf = (cell) => cell.querySelector("input, select, textarea");

function takes(cell, text) {
  const field = fieldOf(cell);
  return !field.options || optionFor(field, text) !== undefined;
}

function put(cell, text) {
  const field = fieldOf(cell);
  field.value = field.options ? optionFor(field, text).value : text.trim();
}

function optionFor(select, text) {
  const wanted = text.trim();
  return [...select.options].find((option) => [option.value, option.text.trim()].includes(wanted));
}

function rowsOf(text) {
  const rows = [[""]];
  let within = false;
  for (let place = 0; place < text.length; place += 1) {
    const row = rows.at(-1);
    const mark = text[place];
    if (within) {
      if (mark !== '"') row[row.length - 1] += mark;
      else if (text[place + 1] === '"') row[row.length - 1] += text[(place += 1)];
      else within = false;
    } else if (mark === '"' && row.at(-1) === "") within = true;
    else if (mark === "\t") row.push("");
    else if (mark === "\n") rows.push([""]);
    else if (mark !== "\r") row[row.length - 1] += mark;
  }
  return rows.filter((row) => row.some((cell) => cell.trim()));
}

function quoted(text) {
  return /["\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
