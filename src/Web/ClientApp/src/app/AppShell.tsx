import { Outlet } from "react-router";
import { PageHeaderSlot } from "./page-header";

/** Header and sidebar around the pages of a signed-in user. */
export default function AppShell() {
  return (
    <>
      <PageHeaderSlot />
      <main>
        <Outlet />
      </main>
    </>
  );
}
