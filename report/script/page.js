// The script adds the theme, the order of tables, the slider between pictures, the comparison of two runs, and curves. Without it,
// pictures are side by side, and what needs it is not shown.
const root = document.documentElement;
root.classList.add('js');
const by = (id) => document.getElementById(id);

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
  const button = by('theme');
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

// A page that was moved away from its files says so, and has no links to them.
function moved() {
  const note = by('moved');
  if (!note) return;
  const probe = new Image();
  probe.onerror = () => {
    note.hidden = false;
    for (const link of document.querySelectorAll('.explore')) link.hidden = true;
  };
  probe.src = note.dataset.presence;
}

// The value of the chosen radio button of a name.
const radio = (name) => document.querySelector(`input[name="${name}"]:checked`).value;
