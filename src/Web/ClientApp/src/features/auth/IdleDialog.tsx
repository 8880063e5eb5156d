import { Button, Modal } from "antd";
import { useEffect, useRef } from "react";
import { signOut } from "../../app/auth-store";
import { useT } from "../../app/i18n";
import { idleState, staySignedIn } from "../../app/presence-of-user";
import { useStore } from "../../app/store";
import { useSecondsUntil } from "../../app/use-seconds-until";

/** Asks whether somebody is there, before they are signed out. */
export function IdleDialog() {
  const t = useT();
  const state = useStore(idleState);
  const isOpen = state.status === "warning";
  const seconds = useSecondsUntil(isOpen ? state.endsAt : null);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOpen) {
      stay.current?.focus();
    }
  }, [isOpen]);
  return (
    <Modal
      title={t("auth.idleTitle")}
      open={isOpen}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      centered
      afterOpenChange={(opened) => opened && stay.current?.focus()}
      footer={
        <>
          {/* First, as a dialog gives the focus to its first button. */}
          <Button type="primary" ref={stay} onClick={staySignedIn}>
            {t("auth.staySignedIn")}
          </Button>
          <Button onClick={() => void signOut()}>{t("auth.signOut")}</Button>
        </>
      }
    >
      <p role="timer" aria-live="off">
        {t("auth.idleText", { time })}
      </p>
    </Modal>
  );
}
