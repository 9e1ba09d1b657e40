// The page of a consultation: acts open in a dialog instead of a page of their own, and a text to start from fills the answer.

const dialog = document.getElementById("act");
const body = document.getElementById("act-body");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-act], [data-close-act], a[data-template]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if ("template" in link.dataset) fill(event, link);
  else if (!dialog) return;
  else if ("act" in link.dataset) open(event, link);
  else if (dialog.open) { event.preventDefault(); dialog.close(); }
});

async function open(event, link) {
  event.preventDefault();
  link.closest("details")?.removeAttribute("open");
  await htmx.ajax("GET", link.href, { target: body, swap: "innerHTML" });
  if (!body.querySelector("form")) { location.assign(link.href); return; }
  if (!dialog.open) dialog.showModal();
  body.querySelector("textarea, input:not([type=hidden]), select")?.focus();
}

// What cannot be shown in the dialog (no right any more, signed out) is shown as a page.
body?.addEventListener("htmx:responseError", (event) => { location.assign(event.detail.pathInfo.requestPath); });
body?.addEventListener("htmx:afterSwap", () => body.querySelector("[data-error-summary]")?.focus());

// Only what is still empty is filled: nothing typed is ever replaced.
function fill(event, link) {
  event.preventDefault();
  const form = document.getElementById("answer");
  for (const name of ["red_flags", "when_to_refer", "follow_up"]) {
    const field = form.elements[name];
    if (field && !field.value.trim() && link.dataset[name]) {
      field.value = link.dataset[name];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

// Many texts to start from: the words that are typed leave those that have them.
document.addEventListener("input", (event) => {
  const find = event.target.closest?.("[data-find-template]");
  if (!find) return;
  const words = find.value.trim().toLocaleLowerCase();
  for (const link of document.querySelectorAll("a[data-template]")) {
    const said = [link.textContent, ...Object.values(link.dataset)].join(" ").toLocaleLowerCase();
    link.hidden = words !== "" && !said.includes(words);
  }
});

// The menu of further acts closes when somebody taps elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.more[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});
