/** The chosen look around everything below. */
import { MantineProvider } from "@mantine/core";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { appearance, setAppearance, useAppearance, watchAppearance } from "./appearance";
import { makeTheme, makeVariables } from "./theme";

export function ThemeProvider({ children }: { children: ReactNode }) {
  const look = useAppearance();
  const theme = useMemo(() => makeTheme(look), [look]);
  const variables = useMemo(() => makeVariables(look), [look]);
  const stop = useRef<() => void>(() => {});
  useEffect(() => {
    document.documentElement.dataset.density = look.density;
  }, [look.density]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      deduplicateCssVariables={false}
      colorSchemeManager={{
        get: () => look.scheme,
        // It is called for what it was told, too: then there is nothing to change.
        set: (scheme) => { if (scheme !== appearance().scheme) setAppearance({ scheme }); },
        clear: () => setAppearance({ scheme: "auto" }),
        subscribe: (update) => {
          stop.current = watchAppearance((next) => update(next.scheme));
        },
        unsubscribe: () => stop.current(),
      }}
    >
      {children}
    </MantineProvider>
  );
}
