// A question before what hurts: <button data-confirm="The asker will be told." data-confirm-title="Withdraw?">.
// Without JavaScript the act happens at once, so give it an undo or a page of its own as well.

const dialog = document.getElementById("confirm");
let waiting = null;

function ask(button) {
  dialog.querySelector("#confirm-text").textContent = button.dataset.confirm;
  const title = dialog.querySelector("#confirm-title");
  title.dataset.first ??= title.textContent;
  title.textContent = button.dataset.confirmTitle ?? title.dataset.first;
  const yes = dialog.querySelector("[data-confirm-yes]");
  yes.textContent = button.dataset.confirmYes ?? (button.textContent.trim() || yes.dataset.default);
  yes.className = button.classList.contains("alarm") ? "btn alarm" : "btn main";
  waiting = button;
  dialog.returnValue = "";
  dialog.showModal();
}

// In the capture phase, before htmx and before the form is sent.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (!button || !dialog?.showModal || button.dataset.confirmed) return;
  event.preventDefault();
  event.stopPropagation();
  ask(button);
}, true);

dialog?.addEventListener("close", () => {
  const button = waiting;
  waiting = null;
  if (dialog.returnValue !== "yes" || !button) return;
  button.dataset.confirmed = "yes";
  button.click();
  delete button.dataset.confirmed;
});
