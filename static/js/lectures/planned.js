// Where the right place is: tapped on the picture, kept in the form's two fields.

import { Spot } from "./spot.js";

for (const root of document.querySelectorAll("[data-planned-spot]")) {
  const { elements } = root.closest("form");
  new Spot(root, elements.across, elements.down);
}
