// Hides what is asked only if another question of the page is answered in a certain way, until it is. What a person has typed
// there since the page was opened stays in sight, and so does what is wrong with it: nobody loses what they do not see.

export default function conditional(block) {
  const form = block.closest("form");
  const { shownIf, shownWhen } = block.dataset;
  const wanted = JSON.parse(shownWhen);
  const show = () => {
    const asked = sent(form, shownIf).some((value) => wanted.includes(value));
    block.dataset.asked = asked;
    block.hidden = !asked && !holdsTyped(block) && !block.querySelector(".field__error");
  };
  for (const what of ["input", "change", "restored"]) form.addEventListener(what, show);
  show();
}

// What the form sends under this name: an empty text for nothing, no text at all while that question is not asked itself.
function sent(form, name) {
  const fields = [...form.elements].filter((it) => it.name === name && !it.closest("[data-asked=false]"));
  const given = fields.filter((it) => !["checkbox", "radio"].includes(it.type) || it.checked).map((it) => it.value);
  return fields.length && !given.length ? [""] : given;
}

function holdsTyped(block) {
  return [...block.querySelectorAll("[name]")].some((field) => {
    if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    if (!field.matches("select")) return field.value !== (field.defaultValue ?? "");
    const before = [...field.options].find((it) => it.defaultSelected) ?? field.options[0];
    return field.value !== before?.value;
  });
}
