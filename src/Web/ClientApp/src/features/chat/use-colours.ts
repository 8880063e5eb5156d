import { theme } from "antd";
import { useMemo, type CSSProperties } from "react";
import { useIsDark } from "../../app/theme";
import { chatColours } from "./theme-variables";

/** The variables of this feature's style sheets, for the outermost element of each of its parts. */
export function useColours(): CSSProperties {
  const { token } = theme.useToken();
  const isDark = useIsDark();
  return useMemo(() => chatColours(token, isDark) as CSSProperties, [token, isDark]);
}
