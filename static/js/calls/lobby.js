// Looking at one's own picture before coming in. The camera starts only when asked.

import { openCamera } from "./devices.js";

const box = document.querySelector("[data-lobby]");
const look = document.querySelector("[data-look]");

look?.addEventListener("click", async () => {
  const { track } = await openCamera("user");
  const said = box.querySelector("[data-preview-said]");
  if (!track) {
    said.textContent = said.dataset.failed;
    box.toggleAttribute("data-failed", true);
    return;
  }
  box.querySelector("[data-preview]").srcObject = new MediaStream([track]);
  box.toggleAttribute("data-on", true);
  look.hidden = true;
});
