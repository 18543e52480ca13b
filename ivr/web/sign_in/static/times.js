// Times that grow, and days in the reader's own time zone.

/** Writes every time on the page; `offset` is how far the server's clock is ahead of this one, in ms. */
export function writeTimes(offset = 0, root = document) {
  for (const time of root.querySelectorAll("time[data-since]")) {
    time.textContent = howLong(Math.max(0, Date.now() + offset - Number(time.dataset.since)));
  }
  for (const time of root.querySelectorAll("time[data-day]")) {
    time.textContent = new Date(time.dateTime).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  }
}

function howLong(ms) {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

writeTimes();
