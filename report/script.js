'use strict';
// This script adds the theme, the order of the table, the slider between pictures, and the values
// of curves. Without it, pictures are side by side and nothing is hidden.
(() => {
  const root = document.documentElement;
  root.classList.add('js');

  // The theme is that of the system until the button is pressed. A page that is opened from a
  // file may have no storage.
  const stored = (value) => {
    try {
      if (value !== undefined) localStorage.setItem('igs-theme', value);
      return localStorage.getItem('igs-theme');
    } catch {
      return null;
    }
  };
  const chosen = stored();
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;

  function theme() {
    const button = document.getElementById('theme');
    const system = matchMedia('(prefers-color-scheme: dark)');
    const isDark = () => (root.dataset.theme || (system.matches ? 'dark' : 'light')) === 'dark';
    const name = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
    button.setAttribute('title', 'Change between light and dark');
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      stored(root.dataset.theme);
      name();
    });
    system.addEventListener('change', name);
    name();
    button.hidden = false;
  }

  // A second click on a head reverses the order. Rows without a value stay last.
  function sort(button) {
    const head = button.closest('th');
    const column = head.cellIndex;
    const body = head.closest('table').tBodies[0];
    const now = head.getAttribute('aria-sort');
    const order = now === 'none' ? button.dataset.first : now === 'ascending' ? 'descending' : 'ascending';
    for (const other of head.parentNode.cells) if (other.hasAttribute('aria-sort')) other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', order);
    const sign = order === 'ascending' ? 1 : -1;
    const number = (text) => (text === 'inf' ? Infinity : Number(text));
    const value = (row) => row.cells[column].dataset.value;
    const compare = (a, b) => {
      const [v, w] = [value(a), value(b)];
      if (v === '' || w === '') return (v === '') - (w === '');
      const [x, y] = [number(v), number(w)];
      if (Number.isNaN(x) || Number.isNaN(y)) return sign * v.localeCompare(w, 'en', { numeric: true });
      return x === y ? 0 : sign * (x < y ? -1 : 1);
    };
    body.append(...[...body.rows].sort(compare));
  }

  // The range input holds the position of the divider, for keys and for screen readers. Mouse
  // and touch move it from anywhere on the picture.
  function divide(viewer) {
    const input = viewer.querySelector('input[type=range]');
    const put = (percent) => viewer.style.setProperty('--split', percent + '%');
    const follow = (event) => {
      const box = viewer.getBoundingClientRect();
      const percent = Math.min(100, Math.max(0, 100 * (event.clientX - box.left) / box.width));
      input.value = Math.round(percent);
      put(percent);
    };
    input.addEventListener('input', () => put(input.value));
    viewer.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      input.focus({ preventScroll: true });
      viewer.setPointerCapture(event.pointerId);
      follow(event);
    });
    viewer.addEventListener('pointermove', (event) => {
      if (viewer.hasPointerCapture(event.pointerId)) follow(event);
    });
    put(input.value); // a browser keeps the value when it goes back to the page
  }

  function choose(controls) {
    const viewer = controls.parentNode.querySelector('.viewer');
    const apply = () => {
      const radio = controls.querySelector('input[type=radio]:checked');
      if (radio) viewer.dataset.show = radio.value;
      const box = controls.querySelector('input[type=checkbox]');
      viewer.classList.toggle('outlined', Boolean(box && box.checked));
    };
    controls.addEventListener('change', apply);
    apply();
  }

  // The keys left and right go from point to point, and so does the mouse.
  function read(svg) {
    const points = svg.dataset.points.split(' ').map((p) => p.split(':'));
    const places = svg.querySelector('.curve').getAttribute('points').split(' ').map((p) => p.split(',').map(Number));
    const output = svg.parentNode.querySelector('output');
    const cursor = svg.querySelector('.cursor');
    const last = output.textContent;
    let at = points.length - 1;
    const show = (i) => {
      at = Math.min(points.length - 1, Math.max(0, i));
      const [x, y] = places[at];
      cursor.setAttribute('visibility', 'visible');
      cursor.firstElementChild.setAttribute('transform', `translate(${x} 0)`);
      cursor.lastElementChild.setAttribute('transform', `translate(${x} ${y})`);
      output.textContent = `${svg.dataset.x} ${points[at][0]}: ${points[at][1]} ${svg.dataset.unit}`.trimEnd();
    };
    const hide = () => {
      if (document.activeElement === svg) return;
      cursor.setAttribute('visibility', 'hidden');
      output.textContent = last;
    };
    svg.tabIndex = 0;
    svg.addEventListener('pointermove', (event) => {
      const box = svg.getBoundingClientRect();
      const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
      let near = 0;
      for (let i = 1; i < places.length; i++) if (Math.abs(places[i][0] - x) < Math.abs(places[near][0] - x)) near = i;
      show(near);
    });
    svg.addEventListener('pointerleave', hide);
    svg.addEventListener('blur', hide);
    svg.addEventListener('focus', () => show(at));
    svg.addEventListener('keydown', (event) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: points.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(to);
    });
  }

  document.addEventListener('DOMContentLoaded', () => {
    theme();
    for (const button of document.querySelectorAll('.runs thead button')) button.addEventListener('click', () => sort(button));
    document.querySelectorAll('.viewer.divided').forEach(divide);
    document.querySelectorAll('.controls').forEach(choose);
    document.querySelectorAll('.chart svg').forEach(read);
  });
})();
