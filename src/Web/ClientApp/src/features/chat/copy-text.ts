import type { Translate } from "../../app/i18n";
import { announce } from "../../app/live-region";

/** Puts a text into the clipboard, and says whether that worked: browsers have none on a page without HTTPS. */
export async function copyText(text: string, t: Translate): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce(t("chat.copied"));
    return true;
  } catch {
    announce(t("chat.copyFailed"));
    return false;
  }
}
