// A second tap on a button that is already at work does nothing. The server's request key is the real guard:
// it makes one row of ten posts; this only spares the person the doubt.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.matches("[hx-post], [data-many]") || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  // After the event: a disabled button would not be sent along.
  setTimeout(() => { event.submitter?.setAttribute("aria-busy", "true"); }, 0);
});

// Back from the next page: the form works again, with what was typed.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});
