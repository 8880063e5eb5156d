/** jsdom has no layout, and so no media queries: none matches. */
export function stubMatchMedia(): void {
  window.matchMedia = (media) =>
    Object.assign(new EventTarget(), { media, matches: false, onchange: null, addListener: () => {}, removeListener: () => {} });
}
