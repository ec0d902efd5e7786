// Says that this page is open, as long as somebody sits before it, and shows who else has it open.

const EVERY = 20_000; // milliseconds; the server forgets whoever has said nothing three times
const FIRST = 2_000; // what the page itself needs comes first
const IDLE = 600_000; // without a key or a move of the pointer: a page that lies open is not somebody at work

export default function presence(place) {
  let active = Date.now();
  for (const what of ["keydown", "pointermove", "pointerdown"]) {
    window.addEventListener(what, () => (active = Date.now()), { passive: true });
  }
  setTimeout(say, FIRST);
  setInterval(say, EVERY);

  async function say() {
    if (!place.isConnected || document.visibilityState === "hidden" || Date.now() - active > IDLE) return;
    const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    const answer = await fetch(place.dataset.presence, {
      method: "POST",
      body: new URLSearchParams({ section: place.dataset.section }),
      headers: { Accept: "application/json", "X-CSRFToken": token },
      redirect: "manual",
    }).catch(() => null); // the line is broken: saving tells of that
    if (!answer?.ok) return;
    const { others } = await answer.json().catch(() => ({ others: [] }));
    const shown = [...place.children].map((line) => line.textContent);
    if (JSON.stringify(shown) !== JSON.stringify(others)) place.replaceChildren(...others.map(line));
  }
}

function line(sentence) {
  const text = document.createElement("p");
  text.textContent = sentence;
  return text;
}
