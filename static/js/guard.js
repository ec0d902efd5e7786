// Asks before a page is left with entries that are nowhere saved. A form that saves itself says so by `data-unsaved`,
// one that is the only place of its entries from the start by `data-guard="always"`.

export default function guard(form) {
  let changed = form.dataset.guard === "always" || typedAlready(form);
  let leaving = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (leaving = true));
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("beforeunload", (event) => {
    const unsaved = form.dataset.autosave ? form.dataset.unsaved : changed;
    if (unsaved && !leaving && form.isConnected) event.preventDefault();
  });
}

// On a slow line a person types before this script is there.
function typedAlready(form) {
  return [...form.elements].some((field) => {
    if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    if (["text", "textarea", "search", "email", "number"].includes(field.type)) return field.value !== field.defaultValue;
    return false;
  });
}
