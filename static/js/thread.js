// The thread: replies, reading only while somebody looks, and voice notes that go on playing while the thread changes.

const composer = () => document.getElementById("composer");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-reply]");
  if (link && composer() && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) {
    event.preventDefault();
    quote(link.dataset.reply, link.closest(".msg"));
  }
  if (event.target.closest("[data-unquote]")) quote("", null);
});

function quote(id, message) {
  const form = composer();
  form.elements.reply_to.value = id;
  const block = form.querySelector("[data-quote]");
  block.hidden = !id;
  if (!message) return;
  const author = document.createElement("strong");
  author.textContent = message.querySelector(".msg-head strong").textContent;
  const text = document.createElement("span");
  text.textContent = (message.querySelector(".msg-text") || message.querySelector(".msg-files"))?.textContent.trim().slice(0, 140) || "";
  block.querySelector("[data-quoted]").replaceChildren(author, text);
  form.elements.text.focus();
}

// What comes while the page lies behind others is not read yet; it is once somebody looks.
document.addEventListener("htmx:configRequest", (event) => {
  if (document.hidden && event.detail.path.includes("/live/")) event.detail.parameters.hidden = "1";
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.body.dispatchEvent(new CustomEvent("thread:seen"));
});

// A note that is being listened to is not taken away by news: its own element moves into the new thread.
let playing = null;
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const audio = event.detail.target?.id === "case-thread" ? [...event.detail.target.querySelectorAll("audio")].find((each) => !each.paused) : null;
  playing = audio ? { audio, at: audio.currentTime } : null;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (!playing) return;
  const { audio, at } = playing;
  playing = null;
  const fresh = [...document.querySelectorAll("#case-thread audio")].find((each) => each.src === audio.src);
  if (!fresh) return;
  audio.pause();
  fresh.currentTime = at;
  fresh.play().catch(() => {});
});
