/**
 * Turns the wheel, drags, pinches and keys over an element into calls. moved(dx, dy) and zoomed(factor, dx, dy) are in CSS px from the
 * middle of the element; hovered(x, y) is from its upper left corner, or null when the pointer leaves.
 */
export function gestures(element, { moved, zoomed, hovered }) {
  const held = new Map();
  const fromMiddle = (x, y) => {
    const box = element.getBoundingClientRect();
    return [x - box.left - box.width / 2, y - box.top - box.height / 2];
  };
  const middle = () => {
    const all = [...held.values()], mean = (k) => all.reduce((sum, p) => sum + p[k], 0) / all.length;
    return { x: mean('x'), y: mean('y'), spread: all.length > 1 ? Math.hypot(all[0].x - all[1].x, all[0].y - all[1].y) : 0 };
  };

  element.addEventListener('wheel', (e) => {
    e.preventDefault();
    const pixels = e.deltaY * (e.deltaMode === 1 ? 20 : e.deltaMode === 2 ? 300 : 1);
    zoomed(Math.exp(-Math.min(Math.max(pixels, -300), 300) / (e.ctrlKey ? 100 : 400)), ...fromMiddle(e.clientX, e.clientY));
  }, { passive: false });

  element.addEventListener('pointerdown', (e) => {
    if (e.button !== 0) return;
    element.setPointerCapture(e.pointerId);
    held.set(e.pointerId, { x: e.clientX, y: e.clientY });
  });
  element.addEventListener('pointermove', (e) => {
    const box = element.getBoundingClientRect();
    hovered({ x: e.clientX - box.left, y: e.clientY - box.top });
    if (!held.has(e.pointerId)) return;
    const before = middle();
    held.set(e.pointerId, { x: e.clientX, y: e.clientY });
    const after = middle();
    moved(after.x - before.x, after.y - before.y);
    if (before.spread > 0 && after.spread > 0) zoomed(after.spread / before.spread, ...fromMiddle(after.x, after.y));
  });
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) element.addEventListener(end, (e) => held.delete(e.pointerId));
  element.addEventListener('pointerleave', () => hovered(null));
}

/** Calls the action of a key, unless the key belongs to a field. keys maps names of keys to actions. */
export function keys(actions) {
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !actions[e.key]) return;
    if (e.target instanceof Element && e.target.closest('input, select') && e.key !== 'Escape') return;
    e.preventDefault();
    actions[e.key]();
  });
}
