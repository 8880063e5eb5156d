import { useIsDark } from "../../app/theme";
import styles from "./chat.module.css";

interface PersonAvatarProps {
  readonly userId: string;
  readonly name: string;
  /** Whether they have the workflow open; left out where it does not matter. */
  readonly online?: boolean;
}

/** Initials on the person's colour. Decorative: the name stands beside it. */
export function PersonAvatar({ userId, name, online }: PersonAvatarProps) {
  const hue = hueOf(userId);
  const isDark = useIsDark();
  const style = isDark
    ? { background: `hsl(${hue} 35% 28%)`, color: `hsl(${hue} 80% 88%)` }
    : { background: `hsl(${hue} 60% 88%)`, color: `hsl(${hue} 70% 24%)` };
  return (
    <span className={styles.avatar} style={style} aria-hidden="true">
      {initialsOf(name)}
      {online !== undefined && <span className={online ? styles.present : styles.absent} />}
    </span>
  );
}

/** The first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : [words[0]!];
  return letters.map((word) => [...word][0] ?? "").join("").toLocaleUpperCase();
}

/** Degrees on the colour wheel: the same for the same person everywhere. */
export function hueOf(userId: string): number {
  let hash = 0;
  for (const character of userId) {
    hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  }

  // Steps of 30 degrees can be told apart.
  return (Math.abs(hash) % 12) * 30;
}
