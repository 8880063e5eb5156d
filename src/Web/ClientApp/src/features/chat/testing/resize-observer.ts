/** jsdom lays nothing out, so nothing ever changes its size. Import it before what needs one. */
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

Element.prototype.scrollIntoView ??= () => undefined;
