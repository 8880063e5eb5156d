import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { authStore } from "./app/auth-store";
import { connectWhenSignedIn } from "./app/chat-connection";
import { mountLiveRegion } from "./app/live-region";
import { followOtherTabs } from "./app/preferences";
import { afterSessionEnd } from "./app/session-end";
import { listenForShortcuts } from "./app/shortcuts";
import "./app/global.css";

mountLiveRegion();
followOtherTabs();
listenForShortcuts();
connectWhenSignedIn(afterSessionEnd);
void authStore.restore();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
