// Marks the way that a run walked on the drawn chart; the list beside it is marked by the server.
for (const chart of document.querySelectorAll(".flow-chart[data-walked]")) {
  for (const id of chart.dataset.walked.split(" ").filter(Boolean)) {
    chart.querySelector(`#${CSS.escape(id)}`)?.classList.add("walked");
  }
}
