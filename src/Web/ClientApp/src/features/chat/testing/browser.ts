/** What jsdom lacks, as it lays nothing out: nothing ever changes its size, and no medium is asked for. Import it first. */
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

window.matchMedia ??= (media) => Object.assign(new EventTarget(), { matches: false, media, onchange: null, addListener: () => {}, removeListener: () => {} });

Element.prototype.scrollIntoView ??= () => undefined;
