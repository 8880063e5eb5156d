/**
 * The parser below x-markdown is recursive in the depth of quotes and lists, and takes quadratic time and worse for some
 * texts that nobody writes by hand. What it gets is bounded here, so that no message can stop the page.
 */

/** Quotes and lists deeper than this are shown at this depth. */
const MAXIMUM_DEPTH = 8;

/** With more markers than this at the start of a line, also in what looks like code, the text is not Markdown. */
const MAXIMUM_MARKERS = 250;

/** Columns that a line outside of code is indented at most: deeper lists stay at this depth. */
const MAXIMUM_INDENT = 24;

/** Of one block's delimiters times its length, summed over the blocks; about 40 ms on a slow machine. */
const MAXIMUM_EMPHASIS_COST = 4_000_000;

/** Of one block's links squared times its length, summed over the blocks. */
const MAXIMUM_LINK_COST = 500_000_000;

/**
 * Elements that the message becomes, about: lines, cells, what is emphasised, and so many for a code block with its button.
 * Each is parsed, cleaned and laid out.
 */
const MAXIMUM_ELEMENTS = 2_000;
const ELEMENTS_OF_CODE_BLOCK = 40;

const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const MARKER = /[ \t]{0,3}(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))[ \t]?/y;

/** @returns the text in a form that is parsed quickly; undefined when it can only be shown as it is */
export function boundedMarkdown(text: string): string | undefined {
  const lines: string[] = [];
  let fence: RegExp | undefined;
  let block = newBlock();
  let emphasisCost = 0;
  let linkCost = 0;
  let elements = 0;
  const endBlock = () => {
    emphasisCost += block.delimiters * block.length;
    linkCost += block.links * block.links * block.length;
    block = newBlock();
  };

  for (const line of text.split(/\r\n|\r|\n/)) {
    const { markers, kept, rest } = withoutDeepMarkers(line);
    if (markers > MAXIMUM_MARKERS) {
      return undefined;
    }

    if (fence) {
      lines.push(line);
      fence = fence.test(line) ? undefined : fence;
      continue;
    }

    const opening = FENCE.exec(line)?.[1];
    if (opening !== undefined) {
      // As the parser sees the end of a fence.
      fence = new RegExp(`^ {0,3}${opening}[~\`]* *$`);
      endBlock();
      elements += ELEMENTS_OF_CODE_BLOCK;
      lines.push(line);
      continue;
    }

    if (rest.trim() === "" || (kept !== "" && /[-+*>]/.test(kept))) {
      endBlock();
    }

    block.length += rest.length;
    block.delimiters += countOf(rest, /[*_~`\\<&]/g);
    block.links += countOf(rest, /[[(]/g);
    elements += rest === "" ? 0 : 1 + Math.min(markers, MAXIMUM_DEPTH) + countOf(rest, /[|*_~`]|https?:\/\//g);
    lines.push(kept + rest);
  }

  endBlock();
  const isTooMuch = emphasisCost > MAXIMUM_EMPHASIS_COST || linkCost > MAXIMUM_LINK_COST || elements > MAXIMUM_ELEMENTS;
  return isTooMuch ? undefined : lines.join("\n");
}

/** Whether there is anything in the text that Markdown would change, apart from lines and paragraphs. */
export function hasMarkup(text: string): boolean {
  return /[*_~`<>[\]#|\\&]|https?:\/\/|^[ \t]*(?:[-+=]|\d+[.)])|^(?: {4}|\t)/m.test(text);
}

function newBlock() {
  return { length: 0, delimiters: 0, links: 0 };
}

/** Takes the markers of quotes and lists beyond the maximum depth out of a line. */
function withoutDeepMarkers(line: string): { markers: number; kept: string; rest: string } {
  let place = 0;
  let markers = 0;
  let kept = 0;
  for (MARKER.lastIndex = 0; MARKER.test(line); MARKER.lastIndex = place) {
    place = MARKER.lastIndex;
    markers++;
    if (markers <= MAXIMUM_DEPTH) {
      kept = place;
    }
  }

  const rest = line.slice(place);
  if (markers === 0) {
    const indent = /^[ \t]*/.exec(line)![0];
    return { markers, kept: indent.slice(0, MAXIMUM_INDENT), rest: line.slice(indent.length) };
  }

  return { markers, kept: line.slice(0, kept), rest };
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
