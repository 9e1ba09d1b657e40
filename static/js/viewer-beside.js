// Two viewers that move together: as many pictures, the same zoom, the same window. The button lets each go alone.

import { openAll } from "./viewer.js";

const viewers = openAll();
const button = document.querySelector("[data-linking]");
const pair = document.querySelector(".beside");
let linked = true;

pair.dataset.linked = "yes";

button.hidden = false;
button.addEventListener("click", () => {
  linked = !linked;
  button.setAttribute("aria-pressed", String(linked));
  pair.dataset.linked = linked ? "yes" : "no";
});

for (const viewer of viewers) {
  viewer.figure.addEventListener("viewer:moved", ({ detail }) => {
    if (linked) others(viewer).forEach((other) => other.go(other.number + detail.by, { quietly: true }));
  });
  viewer.figure.addEventListener("viewer:placed", ({ detail }) => {
    if (linked) others(viewer).forEach((other) => other.placeAs(detail));
  });
  viewer.figure.addEventListener("viewer:window", ({ detail }) => {
    if (linked) others(viewer).forEach((other) => other.window(detail.preset, { quietly: true }));
  });
}

function others(viewer) { return viewers.filter((other) => other !== viewer); }
