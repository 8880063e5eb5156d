/** The colour of a person or a workflow, in degrees on the colour wheel: the same for the same id everywhere. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const character of id) {
    hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  }

  // Steps of 30 degrees can be told apart.
  return (Math.abs(hash) % 12) * 30;
}
