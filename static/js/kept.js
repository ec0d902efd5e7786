// What was kept over a sign-in is shown once, and the server has it no longer. Whoever loads that page again finds it
// in the tab's own history: the browser holds it for this one page, and drops it with the tab.

export default function kept(form) {
  if (form.dataset.gone === undefined) return hold(form);
  const held = history.state?.kept;
  if (held?.person === form.dataset.kept) showAgain(form, held);
}

function hold(form) {
  const entries = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
  const told = [...document.querySelectorAll(".kept dl > div")].map((row) => [
    row.querySelector("dt").textContent.trim(),
    row.querySelector(".as-typed").textContent,
  ]);
  try {
    history.replaceState({ kept: { person: form.dataset.kept, url: form.getAttribute("action"), entries, told } }, "");
  } catch {
    // Too much for this browser's history: it still asks before the page is left.
  }
}

function showAgain(form, { url, entries, told }) {
  form.setAttribute("action", url);
  for (const [name, value] of entries) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  for (const [label, text] of told) {
    const row = document.createElement("div");
    const [term, entry, typed] = ["dt", "dd", "span"].map((name) => document.createElement(name));
    [term.textContent, typed.textContent, typed.className] = [label, text, "as-typed"];
    if (/[ぁ-ヿ一-鿿]/.test(text)) typed.lang = "ja";
    entry.append(typed);
    row.append(term, entry);
    form.querySelector("dl").append(row);
  }
  form.hidden = false;
}
