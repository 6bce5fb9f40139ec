// The keyboard: "/" searches, "g" and a letter goes somewhere, "?" explains.
const PATIENCE = 1500;
let since = 0;

function isTyping(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function goAlerts() {
  const heading = document.getElementById("alerts");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
    heading.scrollIntoView();
  } else {
    location.assign(`${document.body.dataset.home}#alerts`);
  }
}

const GO = {
  o: () => location.assign(document.body.dataset.home),
  l: () => location.assign(document.body.dataset.live),
  a: goAlerts,
};

export function listenToKeys() {
  const help = document.getElementById("help");
  const button = document.getElementById("open-help");
  if (button && help) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || help?.open) return;
    const isSecond = event.timeStamp - since < PATIENCE;
    since = 0;
    if (isSecond && GO[event.key]) {
      event.preventDefault();
      GO[event.key]();
    } else if (event.key === "g") {
      since = event.timeStamp;
    } else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("q")?.focus();
    } else if (event.key === "?" && help) {
      event.preventDefault();
      help.showModal();
    }
  });
}
