// What every page has: connection banner, toasts, copy and print buttons, appearance, badge, character counts, dialogs.
// Nothing here stores anything in the browser.

const banner = document.querySelector("[data-connection]");
const showConnection = () => { if (banner) banner.hidden = navigator.onLine; };
addEventListener("online", showConnection);
addEventListener("offline", showConnection);
showConnection();

// Buttons that only work with JavaScript are hidden until it runs.
function reveal(root) {
  for (const button of root.querySelectorAll("[data-print][hidden], [data-copy][hidden], [data-close-toast][hidden], [data-open][hidden]")) {
    button.hidden = false;
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = "value" in source ? source.value : source.textContent;
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text.trim());
  } else {
    // Hospital intranets without TLS have no clipboard API.
    const area = Object.assign(document.createElement("textarea"), { value: text.trim() });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const word = button.querySelector("span") ?? button;
  const before = word.textContent;
  word.textContent = button.dataset.done;
  button.setAttribute("aria-live", "polite");
  setTimeout(() => { word.textContent = before; }, 2500);
}

function close(toast) {
  toast.remove();
}

// A message covers what is below it: it goes by itself, later when it offers an undo, never while it is pointed at.
function expire(toast) {
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : close(toast));
  setTimeout(leave, toast.querySelector("form") ? 15000 : 5000);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-print], [data-copy], [data-close-toast], [data-open], [data-close]");
  if (!target) return;
  if ("print" in target.dataset) window.print();
  else if ("copy" in target.dataset) copy(target);
  else if ("closeToast" in target.dataset) close(target.closest("[data-toast]"));
  else if ("open" in target.dataset) document.getElementById(target.dataset.open)?.showModal();
  else if ("close" in target.dataset) target.closest("dialog")?.close();
});

// The choice of appearance shows at once; the form still posts it to the server, which remembers it.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const root = document.documentElement;
  if (data.get("theme")) root.dataset.theme = data.get("theme");
  else delete root.dataset.theme;
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", button === event.submitter);
  await fetch(form.action, { method: "POST", body: data, redirect: "manual", keepalive: true });
});

function count(field) {
  const text = field.querySelector("[data-count-text]");
  const area = field.querySelector("textarea, input");
  const left = Number(field.dataset.count) - area.value.length;
  text.textContent = (left < 0 ? text.dataset.over : text.dataset.left).replace("{n}", Math.abs(left));
  text.classList.toggle("over", left < 0);
}

document.addEventListener("input", (event) => {
  const field = event.target.closest(".field[data-count]");
  if (field) count(field);
});

// A list whose lines are longer than it is wide: what is chosen stands beneath in full. It has been read out already.
function tell(list) {
  list.dataset.told = "yes";
  const line = document.createElement("p");
  line.className = "field-hint";
  line.setAttribute("aria-hidden", "true");
  const show = () => { line.textContent = list.value && list.selectedOptions[0].textContent; };
  list.addEventListener("change", show);
  list.after(line);
  show();
}

// The live module (or any other) says the new number of unread notices; the bell and the tab bar show it.
document.addEventListener("badge", (event) => {
  const number = Number(event.detail.count);
  for (const badge of document.querySelectorAll("[data-badge-count]")) {
    badge.textContent = number > 99 ? "99+" : number || "";
  }
  if (navigator.setAppBadge) (number ? navigator.setAppBadge(number) : navigator.clearAppBadge()).catch(() => {});
});

function start(root) {
  reveal(root);
  for (const field of root.querySelectorAll(".field[data-count]")) count(field);
  for (const list of root.querySelectorAll('select[data-told=""]')) tell(list);
  for (const toast of root.querySelectorAll("[data-toast]:not(.error)")) expire(toast);
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
document.querySelector("[data-error-summary]")?.focus();

const worker = document.querySelector('meta[name="service-worker"]');
if (worker && "serviceWorker" in navigator) navigator.serviceWorker.register(worker.content).catch(() => {});
