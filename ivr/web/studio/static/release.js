// Shows how the long job goes; without it, loading the page again does.
"use strict";
const panel = document.querySelector("[data-progress]");
const isRunning = () => panel.querySelector('[data-job="running"]') !== null;

async function look() {
  try {
    const answer = await fetch("/studio/release/progress", { headers: { "X-Staff": "1" } });
    if (answer.status === 401) { location.reload(); return; }
    if (answer.ok) {
      const text = await answer.text();
      if (text !== look.last) panel.innerHTML = look.last = text;
    }
  } catch { /* the service restarts; the next look tells */ }
  if (isRunning()) setTimeout(look, 1500);
  else location.reload();
}
if (panel && isRunning()) setTimeout(look, 1500);
