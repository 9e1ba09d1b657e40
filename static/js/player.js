// The speed of voice notes: one button goes through the speeds, and the next note starts at the same one.

const SPEEDS = [1, 1.25, 1.5, 2, 0.75];
let speed = SPEEDS[0];

function show(button) {
  button.textContent = `${speed}×`;
  button.setAttribute("aria-label", button.dataset.label.replace("{speed}", String(speed)));
}

function prepare(root) {
  for (const button of root.querySelectorAll("[data-player] [data-speed]")) {
    button.hidden = false;
    show(button);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-player] [data-speed]");
  if (!button) return;
  speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
  document.querySelectorAll("[data-player] [data-speed]").forEach(show);
  document.querySelectorAll("[data-player] audio").forEach((audio) => { audio.playbackRate = speed; });
});

// Events of media do not bubble: they are caught on their way down. One note at a time.
document.addEventListener("play", (event) => {
  if (!event.target.closest?.("[data-player]")) return;
  event.target.playbackRate = speed;
  document.querySelectorAll("[data-player] audio").forEach((audio) => { if (audio !== event.target) audio.pause(); });
}, true);

document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
document.addEventListener("htmx:oobAfterSwap", () => prepare(document));
prepare(document);
