// On a wall the sections of a page take turns, each as long as it takes to read it; alerts stay in sight.
const SECONDS = 20;
const NO_TURN = ["alerts", "problems"];

export function rotate() {
  const sections = [...document.querySelectorAll("main > section")].filter((one) => !NO_TURN.includes(one.id));
  if (sections.length < 2) return;
  let shown = 0;
  const show = () => sections.forEach((one, place) => { one.hidden = place !== shown; });
  show();
  setInterval(() => {
    shown = (shown + 1) % sections.length;
    show();
  }, SECONDS * 1000);
}
