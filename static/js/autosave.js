// Saves a form by itself while a person types. What the server has not taken yet waits in this browser, so that
// a lost session, a broken line or a crash costs nothing; it is offered again when the form is next opened.

const PAUSE = 1500; // milliseconds without typing before saving
const RETRY = 15000;
const NOT_TYPED = ["csrf_token", "version", "form_version"];
const MOST_WHEN_LEFT = 60_000; // bytes that browsers send of a page that is gone

export default function autosave(form) {
  const box = form.querySelector("[data-autosave-status]");
  if (!box) return;
  const words = box.dataset;
  const status = box.querySelector("[role=status]");
  const store = new Waiting(`banso:${form.dataset.autosaveKey ?? form.dataset.autosave}`);
  let timer = null;
  let flight = null;
  let stopped = false;
  let typed = 0; // counts changes, so that an answer tells whether it covers the last of them

  offerWhatWaits();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", submitted);
  for (const what of ["focusin", "focusout", "input"]) form.addEventListener(what, keepClear);
  for (const what of ["scroll", "resize"]) window.addEventListener(what, keepClear, { passive: true });
  window.visualViewport?.addEventListener("resize", keepClear);
  window.addEventListener("online", () => form.dataset.unsaved && save());
  document.addEventListener("visibilitychange", left);

  function changed(event) {
    if (event.target.type === "file" || !event.target.name) return;
    typed += 1;
    form.dataset.unsaved = "true";
    store.put(snapshot(form), versionOf(form));
    if (stopped) return;
    tell(words.unsaved);
    schedule(PAUSE);
  }

  // The note floats at the end of the window, but never over the field in which one types.
  function keepClear() {
    const field = document.activeElement;
    box.classList.remove("autosave--aside");
    if (!form.contains(field) || !field.matches("input, select, textarea")) return;
    const [note, typing] = [box.getBoundingClientRect(), field.getBoundingClientRect()];
    box.classList.toggle("autosave--aside", typing.bottom > note.top && typing.top < note.bottom);
  }

  // Whoever turns to another page may never come back to this one.
  function left() {
    if (document.visibilityState === "hidden" && form.dataset.unsaved) save();
  }

  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  function save() {
    clearTimeout(timer);
    if (stopped || flight) return flight;
    const covers = typed;
    tell(words.saving);
    flight = send()
      .then((answer) => settle(answer, covers))
      .catch(() => {
        tell(words.offline, true);
        schedule(RETRY);
      })
      .finally(() => {
        flight = null;
      });
    return flight;
  }

  function send() {
    const entries = new FormData(form);
    for (const [name, value] of [...entries]) {
      // What a button puts elsewhere on the page would be put there at each save.
      if (value instanceof File || form.elements[name]?.dataset?.notByItself !== undefined) entries.delete(name);
    }
    const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    const length = [...entries].reduce((sum, [name, value]) => sum + name.length + 3 * value.length + 150, 0);
    return fetch(form.dataset.autosave, {
      method: "POST",
      body: entries,
      headers: { Accept: "application/json", "X-CSRFToken": token },
      redirect: "manual",
      keepalive: document.visibilityState === "hidden" && length < MOST_WHEN_LEFT,
    });
  }

  async function settle(answer, covers) {
    if (answer.status === 409) {
      stopped = true;
      const { own } = await answer.json().catch(() => ({}));
      tell(own ? words.conflictOwn : words.conflict, true);
    } else if (answer.status === 413) {
      tell(`${words.tooMuch} ${words.stillHere}`, true);
    } else if (answer.status === 422) {
      const { sentence } = await answer.json().catch(() => ({}));
      tell(`${sentence ?? words.unsaved} ${words.stillHere}`, true); // sending it again unchanged would change nothing
    } else if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) {
      tell(words.signedOut, true);
    } else if (answer.ok) {
      const said = await answer.json().catch(() => ({}));
      if (said.version !== undefined && form.elements.version) form.elements.version.value = said.version;
      if (covers !== typed) return schedule(PAUSE);
      delete form.dataset.unsaved;
      store.clear();
      tell(words.saved.replace("{time}", clock(new Date())));
    } else {
      throw new Error(answer.statusText);
    }
  }

  // A save under way would make the version that this submission carries an old one: let it land first.
  async function submitted(event) {
    clearTimeout(timer);
    if (flight) {
      event.preventDefault();
      await flight;
      clearTimeout(timer);
      form.requestSubmit(event.submitter);
      return;
    }
    store.markSubmitted();
  }

  function offerWhatWaits() {
    const kept = store.get();
    if (!kept) return;
    const same = JSON.stringify(kept.entries.map(tidy)) === JSON.stringify(snapshot(form).map(tidy));
    const landed = kept.submitted && kept.version !== versionOf(form);
    if (same || landed) return store.clear();
    const offer = document.createElement("div");
    offer.className = "autosave__found";
    offer.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = words.found.replace("{time}", clock(new Date(kept.at), true));
    const typedThen = told(form, kept.entries);
    const restore = choice(words.restore, "primary", () => {
      fill(form, kept.entries);
      form.dispatchEvent(new Event("restored"));
      typed += 1;
      form.dataset.unsaved = "true";
      save();
    });
    const discard = choice(words.discard, "secondary", () => store.clear());
    offer.append(text, typedThen, restore, " ", discard);
    form.prepend(offer);

    function choice(label, kind, act) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `button button--${kind} button--small`;
      button.textContent = label;
      button.addEventListener("click", () => {
        offer.remove();
        act();
      });
      return button;
    }
  }

  function tell(text, problem = false) {
    status.textContent = text;
    status.classList.toggle("autosave__status--problem", problem);
  }
}

/* What waits in this browser for the server to take it. */
class Waiting {
  constructor(key) {
    this.key = key;
  }

  get() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  put(entries, version) {
    this.write({ at: Date.now(), entries, version });
  }

  markSubmitted() {
    const kept = this.get();
    if (kept) this.write({ ...kept, submitted: true });
  }

  write(value) {
    try {
      localStorage.setItem(this.key, JSON.stringify(value));
    } catch {
      // Storage full or forbidden: saving to the server goes on all the same.
    }
  }

  clear() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing could have been kept either.
    }
  }
}

function snapshot(form) {
  return [...new FormData(form)].filter(([name, value]) => {
    const secret = form.querySelector(`[type=password][name="${CSS.escape(name)}"]`);
    return typeof value === "string" && !NOT_TYPED.includes(name) && !secret;
  });
}

function versionOf(form) {
  return form.elements.version?.value ?? null;
}

function fill(form, entries) {
  const waiting = new Map();
  for (const [name, value] of entries) waiting.set(name, [...(waiting.get(name) ?? []), value]);
  for (const element of form.elements) {
    const values = waiting.get(element.name) ?? [];
    if (["checkbox", "radio"].includes(element.type)) element.checked = values.includes(element.value);
    else if (element.type === "select-multiple") {
      for (const option of element.options) option.selected = values.includes(option.value);
    } else if (values.length && element.type !== "file") element.value = values.shift();
  }
}

// What waits, beside the names of its fields: only where it differs from what the page shows.
function told(form, entries) {
  const list = document.createElement("dl");
  const [waiting, shown] = [entries, snapshot(form)].map((pairs) => {
    const found = new Map();
    for (const pair of pairs) found.set(pair[0], [...(found.get(pair[0]) ?? []), tidy(pair)[1]]);
    return found;
  });
  for (const name of new Set([...waiting.keys(), ...shown.keys()])) {
    const values = waiting.get(name) ?? [];
    if (JSON.stringify(values) === JSON.stringify(shown.get(name) ?? [])) continue;
    const fields = [...form.elements].filter((field) => field.name === name);
    const [term, text] = ["dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = labelOf(fields[0]) ?? name;
    text.className = "as-typed";
    text.textContent = values.map((value) => optionOf(fields, value) ?? value).filter(Boolean).join("、") || "–";
    list.append(term, text);
  }
  return list;
}

function labelOf(field) {
  if (!field) return undefined;
  const group = ["checkbox", "radio"].includes(field.type) ? field.closest("fieldset")?.querySelector("legend") : null;
  const label = group ?? field.labels?.[0];
  return label ? label.firstChild.textContent.trim() : field.getAttribute("aria-label") ?? undefined;
}

function optionOf(fields, value) {
  const box = fields.find((field) => ["checkbox", "radio"].includes(field.type) && field.value === value);
  const option = [...(fields[0]?.options ?? [])].find((one) => one.value === value);
  return box?.labels?.[0]?.textContent.trim() ?? option?.text.trim();
}

function tidy([name, value]) {
  return [name, value.replaceAll("\r\n", "\n").trim()];
}

function clock(moment, withDay = false) {
  const [month, day] = [moment.getMonth() + 1, moment.getDate()];
  const [hour, minute] = [moment.getHours(), moment.getMinutes()];
  if (document.documentElement.lang === "ja") {
    return `${withDay ? `${month}月${day}日` : ""}${hour}時${minute ? `${minute}分` : ""}`; // as all times on our pages
  }
  const two = (number) => String(number).padStart(2, "0");
  const date = withDay ? `${moment.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}, ` : "";
  return `${date}${two(hour)}:${two(minute)}`;
}
