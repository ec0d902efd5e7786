// Applies the enhancements that this page asks for by its data attributes. Every page works without them.
// `parts` holds what each file beside this one exports: app/web/assets.py puts them into one script.

const PARTS = {
  "div[data-error-summary]": "error_summary",
  "form[data-autosave]": "autosave",
  "form[data-guard]": "guard",
  "form[data-kept]": "kept",
  "input[type=file][data-max-bytes]": "upload",
  "[data-filter-select], [data-filter-options]": "filter",
  "textarea[data-maxlength]": "count",
  "input[data-date]": "dates",
  "[data-shown-if]": "conditional",
  "table[data-paste]": "paste",
  "[data-presence]": "presence",
  "button[data-confirm]": "confirm",
  "table[data-select-all]": "select_all",
  "div[data-refresh]": "refresh",
  "form[data-preview]": "preview",
  "details[data-closed-on-phone]": "panel",
};

function enhance(root) {
  for (const [selector, part] of Object.entries(PARTS)) {
    for (const element of root.querySelectorAll(selector)) parts[part](element, enhance);
  }
}

enhance(document);
document.documentElement.dataset.enhanced = "true";
