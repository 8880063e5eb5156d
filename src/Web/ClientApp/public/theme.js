// Before the first paint: the theme that was chosen here, which may be another one than the system's. The app takes over from
// there; until it is loaded, the page would be white at night. A file of its own, as the page may hold no script.
try {
  const { theme } = JSON.parse(localStorage.getItem("bmadserver.preferences"));
  if (theme === "light" || theme === "dark") {
    document.documentElement.style.colorScheme = theme;
  }
} catch {
  // Nothing was chosen: the system's theme holds.
}
