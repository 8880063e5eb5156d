import { hueOf } from "../../app/hue";
import { initialsOf } from "../../app/initials";
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
