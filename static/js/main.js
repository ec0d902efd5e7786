// Loads the enhancements that this page asks for by its data attributes. Every page works without them.
// The addresses come from the script tag, because each file's address changes with its content.

const PARTS = {
  "div[data-error-summary]": "error_summary",
  "form[data-autosave]": "autosave",
  "form[data-guard]": "guard",
  "form[data-kept]": "kept",
  "input[type=file][data-max-bytes]": "upload",
  "[data-filter-select], [data-filter-options]": "filter",
  "textarea[data-maxlength]": "count",
  "input[data-date]": "dates",
  "button[data-confirm]": "confirm",
  "table[data-select-all]": "select_all",
  "div[data-refresh]": "refresh",
  "details[data-closed-on-phone]": "panel",
};

const addresses = document.querySelector("script[data-parts]").dataset;

export async function enhance(root) {
  for (const [selector, part] of Object.entries(PARTS)) {
    const found = [...root.querySelectorAll(selector)];
    if (!found.length) continue;
    const { default: apply } = await import(addresses[part.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())]);
    for (const element of found) apply(element, enhance);
  }
}

await enhance(document);
document.documentElement.dataset.enhanced = "true";
