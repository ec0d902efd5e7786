// Tells at once when a file is too large, and shows how far a sent one has come.

export default function upload(input, enhance) {
  const form = input.form;
  const words = input.dataset;
  const place = document.createElement("div");
  place.className = "upload";
  place.setAttribute("role", "alert");
  input.after(place);
  input.addEventListener("change", check);
  form.addEventListener("submit", send);

  function check() {
    const tooLarge = [...input.files].find((file) => file.size > Number(words.maxBytes));
    input.setAttribute("aria-invalid", tooLarge ? "true" : "false");
    place.replaceChildren();
    if (tooLarge) problem(words.tooLarge.replace("{size}", size(tooLarge.size)));
    return !tooLarge;
  }

  function send(event) {
    if (event.defaultPrevented || !input.files.length) return;
    event.preventDefault();
    if (!check()) return input.focus();
    const entries = new FormData(form, event.submitter);
    const bar = progress();
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => bar(loaded, total));
    request.addEventListener("load", () => show(request));
    request.addEventListener("error", () => problem(words.failed));
    request.open(form.method, form.action);
    request.send(entries);
  }

  // The answer is the next page: put it here, since asking for it again would lose its messages.
  function show(request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    if (!page.querySelector("main")) return problem(words.failed);
    if (request.responseURL !== location.href) history.pushState(null, "", request.responseURL);
    window.addEventListener("popstate", () => location.reload());
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    window.scrollTo(0, 0);
    document.getElementById("main").focus();
    enhance(document);
  }

  function progress() {
    const text = document.createElement("p");
    const bar = document.createElement("progress");
    bar.className = "progress__bar";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", words.sending.replace("{done}", "").trim());
    place.replaceChildren(text, bar);
    return (loaded, total) => {
      bar.value = Math.round((100 * loaded) / total);
      text.textContent = words.sending.replace("{done}", `${bar.value}%`);
    };
  }

  function problem(sentence) {
    const text = document.createElement("p");
    text.className = "upload__problem";
    text.textContent = sentence;
    place.replaceChildren(text);
  }
}

function size(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
