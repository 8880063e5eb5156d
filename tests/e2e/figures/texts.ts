const words = (
  "we should first ask the people who already run their plans on paper what they miss most before we write a line of code " +
  "because every answer changes the order of the work and nobody wants to build the same page twice when the budget is small"
).split(" ");

/** How long a message in a conversation of a team is, about. */
const LENGTH = 120;

/**
 * What people write: so many texts of about 120 characters, each another one. Every eighth has Markdown in it.
 * @param name their beginning, followed by a number from 1 and a full stop: `name 17. we should`
 */
export function texts(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, place) => text(`${name} ${place + 1}.`, place));
}

function text(beginning: string, seed: number): string {
  let made = beginning;
  for (let word = seed * 7; made.length < LENGTH; word++) {
    made += ` ${words[word % words.length]!}`;
  }

  return seed % 8 === 7 ? `${made} **today** with \`npm test\`` : made;
}
