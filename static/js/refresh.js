// Renews one part of the page while long work goes on; stops when the part that comes no longer asks for it.

export default function refresh(part) {
  const seconds = Number(part.dataset.refresh);
  setTimeout(async () => {
    if (!part.isConnected) return;
    const fresh = await fetched(part.id).catch(() => part.cloneNode(true));
    part.replaceWith(fresh);
    if (fresh.dataset.refresh) refresh(fresh);
    else if (fresh.dataset.done) location.reload(); // what the work made is elsewhere on the page
  }, seconds * 1000);
}

async function fetched(id) {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (answer.type === "opaqueredirect") location.reload(); // finished: the page leads on, or asks to sign in again
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return document.adoptNode(page.getElementById(id));
}
