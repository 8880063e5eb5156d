/** The beginning of a message, in one line. */
export function excerptOf(content: string): string {
  const line = content.slice(0, 300).replace(/[`*_~#>]+/g, "").replace(/\s+/g, " ").trim();
  return line.length > 140 ? `${line.slice(0, 140).trimEnd()}…` : line;
}
