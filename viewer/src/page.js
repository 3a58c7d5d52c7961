import { planes } from './draw.js';
import { ModelError } from './reader.js';
import { gestures, keys } from './gestures.js';
import { itemsOfPage, modelOf, opened, targetOf } from './items.js';
import { Painter } from './painter.js';
import { theme } from './theme.js';
import { View } from './view.js';

const by = (id) => document.getElementById(id);
const items = itemsOfPage();
const view = new View();
const painter = new Painter(by('canvas'), by('lens'), view, problem);
const shown = { a: 0, b: 'none', plane: 0, show: 'picture', arrange: 'slider', split: 0.5, loupe: false };

/** Shows a sentence over the picture; '' takes it away. */
function say(text, bad = false) {
  by('message').textContent = text;
  by('message').classList.toggle('bad', bad);
}

function problem(err) {
  say(err.name === 'ModelError' || err.name === 'DrawError' ? err.message : `The viewer has a fault: ${err.message}.`, true);
}

/** Reads what is chosen, and draws it. */
async function refresh() {
  const item = items[shown.a];
  if (!item) {
    say('Drop a model (.igsm) here, or open one.');
    return;
  }
  try {
    const a = await modelOf(item), target = await targetOf(item, shown.plane), { b: beside } = shown;
    const b = beside === 'target' ? { target } : beside === 'none' ? null : { model: await modelOf(items[beside]), target: await targetOf(items[beside], shown.plane) };
    if (item !== items[shown.a] || beside !== shown.b) return; // another was chosen meanwhile
    painter.panes = b ? [{ model: a, target }, { model: a, ...b, onlyTarget: shown.b === 'target' }] : [{ model: a, target }];
    painter.shown = shown;
    describe(item, a, target);
    say('');
    painter.resize();
  } catch (err) {
    problem(err);
  }
}

/** Writes the name, the facts and the choices that there are. */
function describe(item, model, target) {
  document.title = `${item.name} – igs viewer`;
  by('name').textContent = item.name;
  const other = shown.b === 'none' ? null : shown.b === 'target' ? 'its target' : `${items[shown.b].name}, ${items[shown.b].decoded.count} splats`;
  by('facts').textContent = `${model.width} × ${model.height} px, ${model.count} splats, ${model.channels} channels${other ? ` · right: ${other}` : ''}`;
  const layers = planes(model);
  if (shown.plane >= layers.length) shown.plane = 0;
  choices(by('plane'), layers.map(({ name }, i) => [i, name]), shown.plane);
  choices(by('a'), items.map(({ name }, i) => [i, name]), shown.a);
  const others = items.map(({ name }, i) => [i, name]).filter(([i]) => i !== shown.a);
  choices(by('b'), [['none', 'nothing'], ...(target ? [['target', 'target']] : []), ...others], shown.b);
  by('plane').parentElement.hidden = layers.length < 2;
  by('a').parentElement.hidden = items.length < 2;
  by('b').parentElement.hidden = items.length < 2 && !target;
  by('arrange').hidden = shown.b === 'none';
  by('split').parentElement.hidden = shown.arrange !== 'slider';
  const error = document.querySelector('[value=error]');
  error.disabled = !target;
  error.parentElement.title = target ? '|picture − target| × 4' : 'There is no target: open the picture that the model was trained on.';
  if (!target && shown.show === 'error') document.querySelector('[value=picture]').click();
}

function choices(select, list, chosen) {
  select.replaceChildren(...list.map(([value, name]) => new Option(name, value, false, String(value) === String(chosen))));
}

function place() {
  const divided = shown.b !== 'none' && shown.arrange === 'slider' && painter.panes.length > 1;
  by('divider').hidden = !divided;
  by('divider').style.left = `${100 * shown.split}%`;
  by('split').value = Math.round(100 * shown.split);
  by('zoom').value = `${view.zoom < 0.1 ? (100 * view.zoom).toFixed(1) : Math.round(100 * view.zoom)} %`;
}
painter.placed = place;

const moving = (change) => (...args) => {
  if (!painter.panes.length) return;
  change(...args);
  painter.redraw(true);
};
const zoomed = moving((factor, dx = 0, dy = 0) => view.zoomBy(factor, ...painter.inPane(dx, dy)));
const moved = moving((dx, dy) => view.moveBy(dx * devicePixelRatio, dy * devicePixelRatio));
const fit = moving(() => view.fit());
const one = moving(() => view.zoomBy(1 / view.zoom));
const loupe = () => {
  shown.loupe = !shown.loupe;
  by('loupe').setAttribute('aria-pressed', shown.loupe);
  painter.redraw();
};

gestures(by('canvas'), { moved, zoomed, hovered: (at) => painter.hover(at) });
keys({
  '+': () => zoomed(1.25), '=': () => zoomed(1.25), '-': () => zoomed(0.8), _: () => zoomed(0.8),
  ArrowLeft: () => moved(60, 0), ArrowRight: () => moved(-60, 0), ArrowUp: () => moved(0, 60), ArrowDown: () => moved(0, -60),
  0: one, f: fit, l: loupe,
});
by('in').onclick = () => zoomed(1.25);
by('out').onclick = () => zoomed(0.8);
by('fit').onclick = fit;
by('one').onclick = one;
by('loupe').onclick = loupe;

by('controls').onsubmit = (e) => e.preventDefault();
by('controls').onchange = (e) => {
  const { id, name, value } = e.target;
  if (id === 'file') {
    open(e.target.files);
    e.target.value = '';
  } else if (name === 'show' || name === 'arrange') shown[name] = value;
  else if (id === 'plane' || id === 'a') shown[id] = Number(value);
  else if (id === 'b') shown.b = value;
  if (shown.b === String(shown.a)) shown.b = 'none';
  refresh();
};
by('split').oninput = (e) => splitAt(e.target.value / 100);

function splitAt(share) {
  shown.split = Math.min(Math.max(share, 0), 1);
  painter.redraw(true);
}

by('divider').onpointerdown = (e) => {
  e.target.closest('#divider').setPointerCapture(e.pointerId);
  e.preventDefault();
};
by('divider').onpointermove = (e) => {
  if (!by('divider').hasPointerCapture(e.pointerId)) return;
  const box = by('stage').getBoundingClientRect();
  splitAt((e.clientX - box.left) / box.width);
};

by('save').onclick = async () => {
  const blob = await painter.png();
  if (!blob) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${items[shown.a].name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}-view.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

/** Opens files of the user. The last model is shown. */
async function open(files) {
  let failed = null;
  for (const file of files) {
    try {
      const item = await opened(file, items[shown.a], shown.plane);
      if (item) {
        shown.a = items.push(item) - 1;
        if (shown.b === 'target') shown.b = 'none';
      } else shown.b = 'target';
    } catch (err) {
      failed = err instanceof ModelError ? new ModelError(`${file.name}: ${err.message}`) : err;
    }
  }
  await refresh();
  if (failed) problem(failed);
}
for (const kind of ['dragover', 'dragleave', 'drop']) {
  addEventListener(kind, (e) => {
    e.preventDefault();
    by('stage').classList.toggle('over', kind === 'dragover');
    if (kind === 'drop') open([...e.dataTransfer.files]);
  });
}

/** Takes the models that a link asks for: #a=2&b=5 compares the third with the sixth. */
function linked() {
  const asked = new URLSearchParams(location.hash.slice(1)), at = (name) => (items[asked.get(name)] ? Number(asked.get(name)) : null);
  shown.a = at('a') ?? 0;
  shown.b = at('b') ?? 'none';
  if (shown.b === shown.a) shown.b = 'none';
}
addEventListener('hashchange', () => {
  linked();
  refresh();
});

painter.watch(by('stage'));
theme(by('theme'));
linked();
refresh();
