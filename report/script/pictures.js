
// The URL of a picture in the section of a run, or ''.
function pictureOf(id, kind) {
  const layer = document.querySelector(`#${id} .layer.${kind}`);
  if (!layer) return '';
  const img = layer.querySelector('img');
  if (img) return img.src;
  const use = layer.querySelector('use');
  return use ? document.querySelector(use.getAttribute('href')).getAttribute('href') : '';
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
    if (event.button !== 0 || !viewer.classList.contains('divided')) return;
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

// The buttons below the pictures of a run.
function choose(viewer) {
  const controls = viewer.parentNode.querySelector('.controls');
  if (!controls) return;
  const apply = () => {
    const kind = controls.querySelector('input[type=radio]:checked');
    if (kind) viewer.dataset.show = kind.value;
    const box = controls.querySelector('input[type=checkbox]');
    viewer.classList.toggle('outlined', Boolean(box && box.checked));
  };
  controls.addEventListener('change', apply);
  apply();
}
