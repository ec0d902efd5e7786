// On a phone the filters begin folded, so that the list is what is seen first.

export default function fold(panel) {
  if (panel.dataset.closedOnPhone === "true" && matchMedia("(max-width: 47.99em)").matches) panel.open = false;
}
