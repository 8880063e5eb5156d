import { CheckCircleFilled, CloseCircleFilled, DownOutlined, ExclamationCircleFilled, InfoCircleFilled } from "@ant-design/icons";
import type { ConfigProviderProps } from "antd";

/** Ant Design's own icons have English names, which screen readers read out before the text that they stand beside. */
export const silentIcons: Pick<ConfigProviderProps, "alert" | "modal" | "select"> = {
  alert: {
    successIcon: <CheckCircleFilled aria-hidden />,
    infoIcon: <InfoCircleFilled aria-hidden />,
    warningIcon: <ExclamationCircleFilled aria-hidden />,
    errorIcon: <CloseCircleFilled aria-hidden />,
  },
  modal: { warningIcon: <ExclamationCircleFilled aria-hidden /> },
  select: { suffixIcon: <DownOutlined aria-hidden /> },
};
