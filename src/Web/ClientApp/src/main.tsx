import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { authStore } from "./app/auth-store";
import { connectWhenSignedIn } from "./app/chat-connection";
import { mountLiveRegion } from "./app/live-region";
import { followOtherTabs } from "./app/preferences";
import { followUser } from "./app/presence-of-user";
import { keepAppOffline } from "./app/service-worker";
import { afterSessionEnd } from "./app/session-end";
import { listenForShortcuts } from "./app/shortcuts";
import { followWorkflows } from "./app/workflow-feed";
import "./app/global.css";

keepAppOffline();
mountLiveRegion();
followOtherTabs();
listenForShortcuts();
connectWhenSignedIn(afterSessionEnd);
followWorkflows();
followUser();
void authStore.restore();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
