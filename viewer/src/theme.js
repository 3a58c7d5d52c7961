// The theme is that of the system until the button is pressed. A page that is opened from a file may have no storage.

const root = document.documentElement;

function stored(value) {
  try {
    if (value !== undefined) localStorage.setItem('igs-theme', value);
    return localStorage.getItem('igs-theme');
  } catch {
    return null;
  }
}

/** Lets a button change between light and dark. */
export function theme(button) {
  const chosen = stored();
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme || (system.matches ? 'dark' : 'light')) === 'dark';
  const name = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    stored(root.dataset.theme);
    name();
  });
  system.addEventListener('change', name);
  name();
}
