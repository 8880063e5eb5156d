import { writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { scenes } from "./index.ts";
import { bring, test } from "./test.ts";

const folder = join(import.meta.dirname, "../../../docs/images");

/** Of 100: text stays sharp, and all pictures together are smaller than one as PNG. */
const quality = 88;

/** The pictures of the README: the scene, where it is shown, and how. */
const pictures = [
  { scene: "conversation-typing", on: "readme-desktop", colorScheme: "light", file: "conversation.webp" },
  { scene: "conversation", on: "readme-desktop", colorScheme: "dark", file: "conversation-dark.webp" },
  { scene: "people", on: "readme-desktop", colorScheme: "light", file: "people.webp" },
  { scene: "offline-queued", on: "readme-phone", colorScheme: "light", file: "phone-offline.webp" },
  { scene: "list-unread", on: "readme-phone", colorScheme: "dark", file: "phone-list-dark.webp" },
] as const;

for (const { scene: name, on, colorScheme, file } of pictures) {
  test(`${file} ${on}`, async ({ stage }) => {
    const scene = scenes.find((one) => one.name === name);
    if (!scene) {
      throw new Error(`There is no scene ${name}.`);
    }
    await bring(stage, scene);
    await stage.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await stage.page.evaluate(() => new Promise(requestAnimationFrame));
    const devtools = await stage.page.context().newCDPSession(stage.page);
    const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), Buffer.from(data, "base64"));
  });
}
