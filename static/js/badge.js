// The bell's number follows the inbox: when the person's own topic moves, ask how many are unread.

async function count() {
  const link = document.querySelector("[data-badge]");
  const answer = link && await fetch(new URL("badge/", link.href)).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  document.dispatchEvent(new CustomEvent("badge", { detail: await answer.json() }));
}

document.body.addEventListener("live:user", count);
