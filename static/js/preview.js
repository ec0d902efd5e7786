// Shows beside a form how what is typed will look, a moment after typing stops. Nothing is saved by it.

const PAUSE = 500; // milliseconds without typing

export default function preview(form, enhance) {
  const place = document.getElementById(form.dataset.preview);
  let timer = null;
  let asked = 0; // an answer that was overtaken by a later one is not shown
  for (const what of ["input", "change"]) form.addEventListener(what, later);

  function later() {
    clearTimeout(timer);
    timer = setTimeout(renew, PAUSE);
  }

  async function renew() {
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      if (!answer.ok) throw new Error(answer.statusText);
      const { html } = await answer.json();
      if (mine !== asked) return;
      const fresh = new DOMParser().parseFromString(html, "text/html");
      place.replaceChildren(...fresh.body.childNodes);
      enhance(place);
    } catch {
      if (mine === asked) place.textContent = place.dataset.failed;
    }
  }
}
