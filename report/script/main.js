
document.addEventListener('DOMContentLoaded', () => {
  theme();
  moved();
  const { runs, lines } = JSON.parse(by('data').textContent);
  for (const button of document.querySelectorAll('.sorted thead button')) button.addEventListener('click', () => sort(button));
  for (const viewer of document.querySelectorAll('article .viewer')) {
    if (viewer.classList.contains('divided')) divide(viewer);
    choose(viewer);
  }
  thumbnails();
  compare(runs ?? []);
  curves(runs ?? [], lines ?? []);
});
