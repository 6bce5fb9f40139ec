// On a wall the sections of a page take turns, each as long as it takes to read it.
const SECONDS = 20;

export function rotate() {
  const sections = [...document.querySelectorAll("main > section")].filter((one) => !one.querySelector(".calm"));
  if (sections.length < 2) return;
  let shown = 0;
  const show = () => sections.forEach((one, place) => { one.hidden = place !== shown; });
  show();
  setInterval(() => {
    shown = (shown + 1) % sections.length;
    show();
  }, SECONDS * 1000);
}
