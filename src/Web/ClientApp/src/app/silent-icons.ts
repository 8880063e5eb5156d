import { CheckCircleFilled, CloseCircleFilled, DownOutlined, ExclamationCircleFilled, InfoCircleFilled } from "@ant-design/icons";
import type { ConfigProviderProps } from "antd";
import { createElement, type AriaAttributes, type ComponentType } from "react";

const silent = (icon: ComponentType<AriaAttributes>) => createElement(icon, { "aria-hidden": true });

/** Ant Design's own icons have English names, which screen readers read out before the text that they stand beside. */
export const silentIcons: Pick<ConfigProviderProps, "alert" | "modal" | "select"> = {
  alert: {
    successIcon: silent(CheckCircleFilled),
    infoIcon: silent(InfoCircleFilled),
    warningIcon: silent(ExclamationCircleFilled),
    errorIcon: silent(CloseCircleFilled),
  },
  modal: { warningIcon: silent(ExclamationCircleFilled) },
  select: { suffixIcon: silent(DownOutlined) },
};
