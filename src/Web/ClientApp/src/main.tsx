import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { authStore } from "./app/auth-store";
import { mountLiveRegion } from "./app/live-region";
import { preloadFirstPage } from "./app/pages";
import { followOtherTabs } from "./app/preferences";
import { keepAppOffline } from "./app/service-worker";
import { listenForShortcuts } from "./app/shortcuts";
import { rememberSignIn, wasSignedIn } from "./app/was-signed-in";

void authStore.restore();
preloadFirstPage(wasSignedIn());
rememberSignIn();
keepAppOffline();
mountLiveRegion();
followOtherTabs();
listenForShortcuts();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
