// Counts the age of the numbers on between two messages, by the server's clock, and says when they are stale.
let ahead = 0;

export function learnTime(serverNow) {
  ahead = serverNow - Date.now();
}

function age(words, seconds) {
  const [now, s, m, h, d] = words;
  if (seconds < 5) return now;
  if (seconds < 60) return s.replace("#", String(seconds));
  if (seconds < 3600) return m.replace("#", String(Math.floor(seconds / 60)));
  if (seconds < 86400) return h.replace("#", String(Math.floor(seconds / 3600)));
  return d.replace("#", String(Math.floor(seconds / 86400)));
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

export function keepAges() {
  const fresh = document.querySelector(".fresh");
  if (!fresh || fresh.dataset.state === "empty") return;
  const millis = Math.max(Date.now() + ahead - Number(fresh.dataset.ingest), 0);
  const words = fresh.dataset.ages.split("|");
  const text = age(words, Math.floor(millis / 1000));
  if (millis > Number(fresh.dataset.staleAfter) && fresh.dataset.state !== "stale") {
    fresh.dataset.state = "stale";
    document.body.dataset.fresh = "stale";
    write(fresh.querySelector("strong"), fresh.dataset.staleWord);
  }
  const pattern = fresh.dataset.state === "stale" ? fresh.dataset.staleText : fresh.dataset.text;
  write(fresh.querySelector(".since"), pattern.replace("%", text));
  // Tiles tell a coarse age, so that a wall of them does not tick.
  const coarse = age(words, millis < 60000 ? 0 : Math.floor(millis / 1000));
  document.querySelectorAll("[data-age]").forEach((element) => write(element, coarse));
}
