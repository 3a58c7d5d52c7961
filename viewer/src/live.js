import { Chart } from './chart.js';
import { decode } from './decode.js';
import { planes } from './draw.js';
import { gestures, keys } from './gestures.js';
import { Painter } from './painter.js';
import { theme } from './theme.js';
import { View } from './view.js';

// The server sends messages with the state of the training. A number in them says when there are new splats at /model, which the page
// fetches and draws. The page has at most one such request at a time. Where drawing is slow, a browser on the machine that trains
// must not take its time: the page then rests while the run trains.
const RESTS = 10; // times the time of a frame
const LONGEST = 5000; // rest, ms

const by = (id) => document.getElementById(id);
const token = document.querySelector('meta[name=token]').content;
const view = new View();
const painter = new Painter(by('canvas'), by('lens'), view, (err) => say(err.message, true));
const shown = { plane: 0, show: 'picture', arrange: 'slider', split: 1, loupe: false };
const points = [];
let state = null, runs = [], drawnShot = 0, fetching = false, wake = () => {};

const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');
const decimals = (n) => (v) => (v === undefined || v === null ? '–' : v.toFixed(n));
const db = (v) => (v === undefined || v === null ? '–' : `${v.toFixed(2)} dB`);
const charts = [
  new Chart(by('charts'), { title: 'Loss', of: (p) => p.loss ?? null, text: (v) => v.toPrecision(3), log: true }),
  new Chart(by('charts'), { title: 'PSNR', of: (p) => p.psnr ?? null, text: db }),
  new Chart(by('charts'), { title: 'Splats', of: (p) => p.splats || null, text: count }),
];

function say(text, bad = false) {
  by('message').textContent = text;
  by('message').classList.toggle('bad', bad);
}

/** A duration in words, such as 3 min 20 s. */
function duration(seconds) {
  if (!(seconds > 0)) return '–';
  const s = Math.ceil(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

const phases = {
  starting: 'The session begins.', training: 'The run trains.', paused: 'The run is paused.', stopping: 'The run stops after this step.',
  writing: 'The run writes its files.', ended: 'The session has ended.',
};

const events = new EventSource('events');
events.onmessage = ({ data }) => {
  state = JSON.parse(data);
  points.length = Math.min(points.length, state.from);
  points.push(...(state.points ?? []));
  if (state.runs) rows((runs = state.runs));
  describe();
  if (state.phase !== 'training') wake();
  if (state.phase === 'ended') events.close();
  if (state.shot !== drawnShot) fetchSplats();
};
events.onerror = () => {
  if (state?.phase === 'ended') return;
  by('phase').textContent = 'igs does not answer. It may have ended.';
  for (const id of ['pause', 'stop']) by(id).disabled = true;
};

/** Writes the numbers of the state, and draws the curves. */
function describe() {
  const { phase, run, step, steps, splats, corpus } = state, trains = ['training', 'paused'].includes(phase) && !corpus;
  document.title = run ? `${run} ${Math.floor((100 * step) / Math.max(steps, 1))} % – igs` : 'igs training';
  by('name').textContent = run || 'igs training';
  by('facts').textContent = [!state.warning?.includes(state.device) && state.device, state.warning].filter(Boolean).join(' · ');
  by('phase').textContent = corpus && phase === 'training' ? 'Many small pictures train together.' : state.paused && phase === 'training' ? 'The run pauses after this step.' : phases[phase];
  by('done').value = corpus ? (corpus.Done + corpus.Failed) / Math.max(corpus.Pictures, 1) : step / Math.max(steps, 1);
  const numbers = corpus
    ? { Pictures: `${count(corpus.Done)} of ${count(corpus.Pictures)}`, Failed: count(corpus.Failed), 'Time left': duration(state.eta) }
    : {
        Step: `${count(step)} of ${count(steps)}`, Splats: count(splats), PSNR: db(state.psnr), SSIM: decimals(4)(state.ssim),
        'Steps a second': state.rate > 0 ? state.rate.toPrecision(3) : '–', 'Time left': duration(state.eta), ...(runs.length > 1 && { 'All runs': duration(state.sweepEta) }),
      };
  by('numbers').replaceChildren(...Object.entries(numbers).map(([name, value]) => {
    const box = document.createElement('div');
    box.append(Object.assign(document.createElement('dt'), { textContent: name }), Object.assign(document.createElement('dd'), { textContent: value }));
    return box;
  }));
  by('pause').textContent = state.paused ? 'Continue' : 'Pause';
  for (const id of ['pause', 'stop']) by(id).disabled = !trains;
  for (const chart of charts) chart.draw(points, steps);
}

function rows(list) {
  by('runs').hidden = list.length === 0;
  by('rows').replaceChildren(...list.map((r) => {
    const row = document.createElement('tr');
    row.className = r.status === 'running' ? 'now' : '';
    const size = r.bytes ? `${(r.bytes / 1024).toFixed(1)} KiB` : '–';
    for (const text of [r.name, r.status, count(r.steps), r.splats ? count(r.splats) : '–', db(r.psnr), decimals(4)(r.ssim), size]) row.append(Object.assign(document.createElement('td'), { textContent: text }));
    return row;
  }));
}

/** Fetches the newest splats and draws them. */
async function fetchSplats() {
  if (fetching) return;
  fetching = true;
  try {
    while (state.shot !== drawnShot) {
      const wanted = state.shot, answer = await fetch('model');
      if (!answer.ok) break;
      const model = decode(new Uint8Array(await answer.arrayBuffer())), first = painter.panes.length === 0;
      drawnShot = wanted;
      layers(model);
      painter.panes = [{ model, target: null }];
      painter.shown = shown;
      if (first) say('');
      painter.resize();
      if (state.phase === 'training') await rest(Math.min(RESTS * painter.pace, LONGEST));
    }
  } catch (err) {
    if (err.name === 'ModelError') say(err.message, true); // else igs is gone, which the state says
  }
  fetching = false;
}

/** Waits, until the run no longer trains or for the given time. */
function rest(ms) {
  return new Promise((done) => {
    wake = done;
    setTimeout(done, ms);
  });
}

function layers(model) {
  const names = planes(model).map(({ name }) => name);
  if (by('plane').length !== names.length) by('plane').replaceChildren(...names.map((name, i) => new Option(name, i)));
  by('plane').parentElement.hidden = names.length < 2;
  if (shown.plane >= names.length) shown.plane = 0;
}

/** Sends an order with the token of this page. */
async function order(what) {
  let text = '';
  try {
    const answer = await fetch(what, { method: 'POST', headers: { 'X-Igs-Token': token } });
    if (!answer.ok) text = (await answer.text()).trim();
  } catch {
    text = 'igs does not answer';
  }
  by('answer').textContent = text && `${text}.`;
}
by('pause').onclick = () => order(state.paused ? 'resume' : 'pause');
by('stop').onclick = () => order('stop');

const moving = (change) => (...args) => {
  if (!painter.panes.length) return;
  change(...args);
  painter.redraw(true);
};
const zoomed = moving((factor, dx = 0, dy = 0) => view.zoomBy(factor, dx * devicePixelRatio, dy * devicePixelRatio));
const moved = moving((dx, dy) => view.moveBy(dx * devicePixelRatio, dy * devicePixelRatio));
const fit = moving(() => view.fit());
gestures(by('canvas'), { moved, zoomed, hovered: () => {} });
keys({
  '+': () => zoomed(1.25), '=': () => zoomed(1.25), '-': () => zoomed(0.8),
  ArrowLeft: () => moved(60, 0), ArrowRight: () => moved(-60, 0), ArrowUp: () => moved(0, 60), ArrowDown: () => moved(0, -60), f: fit,
});
by('in').onclick = () => zoomed(1.25);
by('out').onclick = () => zoomed(0.8);
by('fit').onclick = fit;
by('controls').onsubmit = (e) => e.preventDefault();
by('controls').onchange = ({ target: { name, id, value } }) => {
  if (name === 'show') shown.show = value;
  if (id === 'plane') shown.plane = Number(value);
  painter.redraw();
};

painter.watch(by('stage'));
theme(by('theme'));
say('The picture comes after the first steps.');
