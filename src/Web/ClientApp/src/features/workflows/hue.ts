/** A hue, in degrees, that belongs to an id and is the same everywhere. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const character of id) {
    hash = (hash * 31 + character.charCodeAt(0)) % 360;
  }

  return hash;
}
