/** Two of them in turn: the same text twice in one would not be read again. */
let regions: HTMLElement[] = [];
let turn = 0;

/** Screen readers only follow regions that were there before the text. Call once, at the start. */
export function mountLiveRegion(): void {
  regions = [0, 1].map(() => {
    const region = document.createElement("div");
    region.className = "visually-hidden";
    region.setAttribute("aria-live", "polite");
    region.setAttribute("aria-atomic", "true");
    document.body.append(region);
    return region;
  });
}

/** Has screen readers say the text when they are done with what they say now. */
export function announce(text: string): void {
  if (regions.length === 0 || text === "") {
    return;
  }

  regions[turn]!.textContent = "";
  turn = 1 - turn;
  regions[turn]!.textContent = text;
}
