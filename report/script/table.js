
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

// Small pictures whose run has them in its section.
function thumbnails() {
  for (const small of document.querySelectorAll('.thumb[data-of]')) {
    const url = pictureOf(small.dataset.of, 'render') || pictureOf(small.dataset.of, 'target');
    if (!url) continue;
    small.src = url;
    small.hidden = false;
  }
}
