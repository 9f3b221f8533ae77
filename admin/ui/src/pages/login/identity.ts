/** How people may sign in here, as everybody may know. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { api, ok } from "~/api";

export type Identity = {
  passwordLogin: boolean;
  passkeys: boolean;
  registration: string;
  verifyEmail: boolean;
  passwordLength: number;
  siteKey: string;
  humanOn: string[];
};

export function useIdentity(): Identity {
  const { data } = useSuspenseQuery({ queryKey: ["public-settings"], queryFn: () => ok(api.GET("/api/v1/public/settings")), staleTime: 300_000 });
  const said: Record<string, unknown> = data.settings.identity ?? {};
  return {
    passwordLogin: said.password_login !== false,
    passkeys: said.passkeys !== false,
    registration: String(said.registration ?? "off"),
    verifyEmail: said.verify_email !== false,
    passwordLength: Number(said.password_length ?? 12),
    siteKey: String(said.turnstile_site_key ?? ""),
    humanOn: Array.isArray(said.turnstile_on) ? said.turnstile_on.map(String) : [],
  };
}
