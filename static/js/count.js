// How many characters are left, as the server counts them: a surrogate pair is one.

export default function count(textarea) {
  const shown = document.getElementById(`${textarea.id}-limit`);
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  shown.after(spoken);
  let timer = null;
  const show = () => {
    const max = Number(textarea.dataset.maxlength);
    const left = max - [...textarea.value.trim()].length;
    const words = left < 0 ? textarea.dataset.over : textarea.dataset.left;
    shown.textContent = words.replace("{n}", Math.abs(left).toLocaleString("en"));
    shown.classList.toggle("field__count--over", left < 0);
    clearTimeout(timer);
    // Spoken only near the end and after a pause: not at every key.
    if (left < max / 10) timer = setTimeout(() => (spoken.textContent = shown.textContent), 1000);
  };
  textarea.addEventListener("input", show);
  textarea.form?.addEventListener("restored", show);
  if (textarea.value) show();
}
