import { EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons";
import { Button, Input, type InputProps } from "antd";
import { useState } from "react";
import { useT } from "../../app/i18n";

/** A password field whose text can be shown; unlike Ant Design's own, the switch is a button with a name. */
export function PasswordInput(props: InputProps) {
  const t = useT();
  const [isShown, setShown] = useState(false);
  return (
    <Input
      {...props}
      type={isShown ? "text" : "password"}
      suffix={
        <Button
          type="text"
          size="small"
          // The field keeps the height of the others.
          style={{ marginBlock: -8 }}
          aria-label={t("auth.showCharacters")}
          aria-pressed={isShown}
          icon={isShown ? <EyeInvisibleOutlined /> : <EyeOutlined />}
          onClick={() => setShown(!isShown)}
        />
      }
    />
  );
}
