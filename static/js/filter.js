// Narrows a long list to the entries that hold what is typed, in kanji, kana or digits of any width.

const SHOWN = 6;

export default function filter(place) {
  const select = document.getElementById(place.dataset.filterSelect);
  const boxes = document.getElementById(place.dataset.filterOptions);
  const { input, status } = build(place, (select ?? boxes).id);
  const narrow = select ? narrowSelect(select) : narrowBoxes(boxes);
  input.addEventListener("input", () => {
    const found = narrow(plain(input.value));
    status.textContent = input.value ? place.dataset.found.replace("{n}", found.length.toLocaleString("en")) : "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // sending the whole form is not what was meant
    const found = narrow(plain(input.value));
    if (found.length === 1) found[0].take();
  });
}

function narrowSelect(select) {
  const all = [...select.options];
  return (word) => {
    const chosen = select.value;
    const found = all.filter((option) => option.value && holds(option.text + (option.dataset.search ?? ""), word));
    const offered = word ? all.filter((option) => found.includes(option) || option.value === chosen) : all;
    select.replaceChildren(...offered);
    select.value = chosen;
    if (word) select.size = Math.min(SHOWN, Math.max(2, offered.length));
    else select.removeAttribute("size");
    return found.map((option) => ({
      take() {
        select.value = option.value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      },
    }));
  };
}

function narrowBoxes(boxes) {
  const rows = [...boxes.querySelectorAll(".option")];
  return (word) => {
    const found = rows.filter((row) => holds(row.textContent, word));
    for (const row of rows) row.hidden = !found.includes(row) && !row.querySelector("input").checked;
    return found.map((row) => ({
      take() {
        row.querySelector("input").click();
      },
    }));
  };
}

function build(place, id) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const status = document.createElement("p");
  label.textContent = place.dataset.label;
  label.htmlFor = input.id = `${id}-filter`;
  input.type = "search";
  input.className = "input";
  input.autocomplete = "off";
  input.setAttribute("aria-controls", id);
  status.setAttribute("role", "status");
  place.replaceChildren(label, input, status);
  return { input, status };
}

function holds(text, word) {
  return plain(text).includes(word);
}

function plain(text) {
  const hiragana = (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60);
  return text.normalize("NFKC").trim().toLowerCase().replace(/[ァ-ヶ]/g, hiragana);
}
