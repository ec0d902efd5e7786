// A question before an act that cannot be undone. Without scripts the act has its own page or is simply done.

export default function confirmFirst(button) {
  button.addEventListener("click", (event) => {
    if (button.dataset.confirmed) return void delete button.dataset.confirmed;
    event.preventDefault();
    event.stopImmediatePropagation();
    const dialog = ask(button.dataset);
    dialog.addEventListener("close", () => {
      dialog.remove();
      button.focus();
      if (dialog.returnValue !== "yes") return;
      button.dataset.confirmed = "true";
      button.click();
    });
  });
}

function ask({ confirm, confirmYes, confirmNo }) {
  const dialog = document.createElement("dialog");
  const text = document.createElement("p");
  const form = document.createElement("form");
  dialog.className = "dialog";
  text.className = "dialog__text";
  text.id = "dialog-text";
  text.textContent = confirm;
  dialog.setAttribute("aria-labelledby", text.id);
  form.method = "dialog";
  form.className = "actions";
  form.append(choice(confirmYes, "yes", "primary"), choice(confirmNo, "no", "secondary"));
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  form.lastElementChild.focus();
  return dialog;
}

function choice(label, value, kind) {
  const button = document.createElement("button");
  button.value = value;
  button.className = `button button--${kind}`;
  button.textContent = label;
  return button;
}
