// Marks the way that a run walked on the drawn chart (the list beside it is marked by the server), and begins where
// the chart begins: at its own size when there is room for it, else with its first node in the middle.
const READABLE = 0.6;

function mark(chart) {
  const ids = chart.dataset.walked.split(" ").filter(Boolean);
  for (const id of ids) chart.querySelector(`#${CSS.escape(id)}`)?.classList.add("walked");
}

function show(chart) {
  const svg = chart.querySelector("svg");
  const own = svg?.viewBox.baseVal.width;
  if (!own) return;
  svg.style.inlineSize = chart.clientWidth >= own * READABLE ? "100%" : `${own}px`;
  const first = chart.querySelector(".kind-start")?.getBoundingClientRect();
  if (!first) return;
  const frame = chart.getBoundingClientRect();
  chart.scrollLeft += first.left + first.width / 2 - frame.left - frame.width / 2;
}

for (const chart of document.querySelectorAll(".flow-chart[data-walked]")) {
  mark(chart);
  show(chart);
}
