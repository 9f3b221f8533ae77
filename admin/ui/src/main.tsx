/** Starts the console: texts first, then the page. */
import "./lib/plainHttp";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import "./styles";
import { queryClient } from "./api/queries";
import { MoneyUnit } from "./app/MoneyUnit";
import { SiteLook } from "./app/SiteLook";
import { router } from "./app/router";
import { startTexts } from "./i18n";
import { ThemeProvider } from "./theme";

const root = document.getElementById("root");
if (root) {
  await startTexts();
  createRoot(root).render(
    <StrictMode>
      <ThemeProvider>
        <QueryClientProvider client={queryClient}>
          {/* Not over what saves a form: that is at the right, and on a phone at the bottom. */}
          <Notifications position={matchMedia("(max-width: 639px)").matches ? "top-center" : "bottom-left"} limit={4} />
          <MoneyUnit />
          <SiteLook />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ThemeProvider>
    </StrictMode>,
  );
}
