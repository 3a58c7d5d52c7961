"use strict";

// The slider: keys move the range input, fingers and mouse move it anywhere on the picture.
for (const stage of document.querySelectorAll(".stage")) {
  const slider = stage.querySelector(".slider");
  if (!slider) continue;
  const show = () => stage.parentElement.style.setProperty("--cut", slider.value + "%");
  slider.addEventListener("input", show);
  const follow = (event) => {
    const box = stage.getBoundingClientRect();
    slider.value = 100 * (event.clientX - box.left) / box.width;
    show();
  };
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    slider.focus({ preventScroll: true });
    event.preventDefault();
    follow(event);
  });
  stage.addEventListener("pointermove", (event) => {
    if (stage.hasPointerCapture(event.pointerId)) follow(event);
  });
}

// The table: a click on a header sorts by it, another one the other way round.
for (const header of document.querySelectorAll("#table th")) {
  header.querySelector("button").addEventListener("click", () => {
    const down = header.getAttribute("aria-sort") === "descending" || (!header.hasAttribute("aria-sort") && !header.classList.contains("number"));
    for (const other of header.parentElement.children) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "ascending" : "descending");
    const body = document.querySelector("#table tbody");
    const value = (row) => {
      const cell = row.children[header.cellIndex];
      return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort.replace("+Inf", "Infinity"));
    };
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), undefined, { numeric: true });
      return down ? order : -order;
    });
    body.append(...rows);
  });
}

// The theme is that of the system until it is asked for otherwise.
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
