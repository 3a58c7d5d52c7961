
// Compares two runs: their pictures behind a divider or side by side, and their figures.
class Comparison {
  constructor(runs) {
    this.runs = runs;
    this.viewer = by('ab');
    for (const side of ['a', 'b']) {
      const select = by(`ab-${side}`), groups = new Map();
      runs.forEach((run, i) => {
        if (!groups.has(run.group)) groups.set(run.group, Object.assign(document.createElement('optgroup'), { label: run.picture }));
        groups.get(run.group).append(new Option(run.name, i));
      });
      select.append(...groups.values());
      select.addEventListener('change', () => this.show(true));
    }
    by('ab-swap').addEventListener('click', () => this.take(Number(by('ab-b').value), Number(by('ab-a').value)));
    by('ab-controls').addEventListener('change', () => this.show());
    divide(this.viewer);
  }

  // The best partner of a run: the run of its name in another session, another run of its picture, or any other.
  partner(i) {
    const { runs } = this, bare = (run) => run.name.slice(run.name.lastIndexOf('/') + 1);
    const same = (run, k) => k !== i && run.group === runs[i].group;
    const found = [(run, k) => same(run, k) && bare(run) === bare(runs[i]), same].map((test) => runs.findIndex(test)).find((k) => k >= 0);
    return found ?? (i + 1) % runs.length;
  }

  take(a, b) {
    by('ab-a').value = a;
    by('ab-b').value = b;
    this.show(true);
  }

  // Takes the runs of the address, #compare=run-1,run-5, or the first two of a picture.
  begin() {
    const asked = (/^#compare=([^,]*),([^,]*)$/.exec(location.hash) || []).slice(1).map((id) => this.runs.findIndex((run) => run.id === id));
    const named = asked.length === 2 && !asked.includes(-1);
    by('ab-a').value = named ? asked[0] : 0;
    by('ab-b').value = named ? asked[1] : this.partner(0);
    this.show();
    if (named) by('compare').scrollIntoView();
  }

  // A picture of a run: its URL, or ''.
  picture(run) {
    const kind = radio('ab-show');
    return run[kind] || (document.getElementById(run.id)?.matches('article') ? pictureOf(run.id, kind) : '');
  }

  show(remember) {
    const [a, b] = ['a', 'b'].map((side) => this.runs[by(`ab-${side}`).value]);
    const side = radio('ab-arrange') === 'side', lack = [a, b].filter((run) => !this.picture(run));
    this.viewer.hidden = by('ab-controls').hidden = lack.length > 0 && radio('ab-show') === 'render';
    this.viewer.classList.toggle('divided', !side);
    this.viewer.classList.toggle('side', side);
    this.viewer.style.setProperty('--w', Math.max(a.w, 1));
    this.viewer.style.setProperty('--h', Math.max(a.h, 1));
    for (const [name, run] of [['a', a], ['b', b]]) {
      const img = this.viewer.querySelector(`.layer.${name} img`), url = this.picture(run);
      if (url) img.src = url;
      else img.removeAttribute('src');
      img.alt = url ? `${radio('ab-show') === 'error' ? 'Error' : 'Render'} of ${run.name}` : '';
      this.viewer.querySelector(`.layer.${name} figcaption`).textContent = `${name.toUpperCase()}: ${run.name}`;
    }
    by('ab-none').hidden = lack.length === 0;
    by('ab-none').textContent = `There is no such picture of ${lack.map((run) => run.name).join(' and ')}.`;
    this.figures(a, b);
    this.links(a, b);
    if (remember) {
      try {
        history.replaceState(null, '', `#compare=${a.id},${b.id}`);
      } catch { /* a page without an address keeps none */ }
    }
  }

  figures(a, b) {
    const rows = document.querySelectorAll('.figures-of-two tbody tr');
    rows.forEach((row, i) => {
      const digits = Number(row.dataset.digits), better = Number(row.dataset.better), [x, y] = [a.figures[i], b.figures[i]];
      const text = (v) => (v === null ? '–' : typeof v === 'string' ? v : v.toFixed(digits));
      const known = typeof x === 'number' && typeof y === 'number', change = known ? y - x : 0;
      const shown = known ? `${change > 0 ? '+' : change < 0 ? '−' : ''}${Math.abs(change).toFixed(digits)}` : '–';
      const share = known && change && x > 0 && 'share' in row.dataset ? ` (${change < 0 ? '−' : '+'}${Math.abs((100 * change) / x).toFixed(0)} %)` : '';
      const mark = change * better > 0 ? ' ▲' : change * better < 0 ? ' ▼' : '';
      [text(x), text(y), shown + share + mark].forEach((words, k) => { row.cells[k + 1].textContent = words; });
      row.hidden = x === null && y === null;
    });
    by('ab-other').hidden = a.group === b.group;
  }

  links(a, b) {
    const link = by('ab-explore');
    if (!link) return;
    link.parentNode.hidden = a.explore === undefined || b.explore === undefined;
    link.href = `${link.dataset.page}#a=${a.explore}&b=${b.explore}`;
  }
}

function compare(runs) {
  if (runs.length < 2) return;
  reveal('compare');
  const comparison = new Comparison(runs);
  comparison.begin();
  addEventListener('hashchange', () => {
    if (location.hash.startsWith('#compare=')) comparison.begin();
  });
  for (const link of document.querySelectorAll('a.compare')) {
    link.addEventListener('click', () => {
      const i = runs.findIndex((run) => run.id === link.dataset.run), a = Number(by('ab-a').value);
      comparison.take(a !== i && runs[a].group === runs[i].group ? a : comparison.partner(i), i);
    });
  }
}

// Shows a section that needs the script, and the links to it.
function reveal(id) {
  by(id).closest('section').hidden = false;
  for (const link of document.querySelectorAll(`a.scripted[href="#${id}"]`)) link.hidden = false;
}
