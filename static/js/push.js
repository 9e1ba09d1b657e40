// The preferences page: this browser begins or ends to take push messages.

const told = document.querySelector("[data-push-key]")?.dataset;
const box = document.querySelector("[data-push]");

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));

async function post(body) {
  const answer = await fetch(told.pushUrl, {
    method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": told.csrf },
  });
  if (!answer.ok) throw new Error(answer.status);
}

function say(word) {
  const state = box.querySelector("[data-push-state]");
  state.textContent = state.dataset[word] ?? "";
}

async function show(worker) {
  const held = await worker.pushManager.getSubscription();
  box.querySelector("[data-push-on]").hidden = Boolean(held);
  box.querySelector("[data-push-off]").hidden = !held;
  say(held ? "on" : "");
  box.hidden = false;
}

async function turnOn(worker) {
  if (await Notification.requestPermission() !== "granted") return say("refused");
  try {
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(told.pushKey) });
    await post(made.toJSON());
    await show(worker);
  } catch {
    say("failed");
  }
}

async function turnOff(worker) {
  const held = await worker.pushManager.getSubscription();
  if (held) {
    await post({ endpoint: held.endpoint, end: true });
    await held.unsubscribe();
  }
  await show(worker);
}

if (told && box && "serviceWorker" in navigator && "PushManager" in window) {
  navigator.serviceWorker.ready.then((worker) => {
    box.querySelector("[data-push-on]").addEventListener("click", () => turnOn(worker));
    box.querySelector("[data-push-off]").addEventListener("click", () => turnOff(worker));
    return show(worker);
  });
}
