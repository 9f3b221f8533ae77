/** Cloudflare's check that somebody is human, where the gateway asks it. Its script comes from Cloudflare by its nature. */
import { useEffect, useRef } from "react";
import i18next from "i18next";
import { useIdentity } from "./identity";

const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";
type Widget = { render: (place: HTMLElement, options: object) => string; remove: (id: string) => void };
declare global {
  interface Window {
    turnstile?: Widget;
  }
}

let loading: Promise<void> | null = null;
function load(): Promise<void> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SCRIPT;
    script.onload = () => resolve();
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

export function Turnstile({ where, onToken }: { where: "login" | "register" | "reset"; onToken: (token: string) => void }) {
  const { siteKey, humanOn } = useIdentity();
  const place = useRef<HTMLDivElement>(null);
  const give = useRef(onToken);
  give.current = onToken;
  const asked = siteKey !== "" && humanOn.includes(where);
  useEffect(() => {
    if (!asked) return;
    let id: string | undefined;
    let here = true;
    load().then(
      () => {
        if (!here || !place.current) return;
        id = window.turnstile?.render(place.current, {
          sitekey: siteKey,
          language: i18next.language.toLowerCase(),
          callback: (token: string) => give.current(token),
          "expired-callback": () => give.current(""),
        });
      },
      () => {
        loading = null;
      },
    );
    return () => {
      here = false;
      if (id) window.turnstile?.remove(id);
    };
  }, [asked, siteKey]);
  return asked ? <div ref={place} /> : null;
}
