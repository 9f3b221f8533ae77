/** Whose gateway it is: its logo and name. A logo from elsewhere is fetched by the gateway: a page asks nobody else for anything. */
import { useState } from "react";
import { GATEWAY } from "~/api/place";
import { useSite } from "~/api/site";

const isOwn = (url: string): boolean => url.startsWith("data:") || new URL(url, document.baseURI).origin === location.origin;
/** Another logo has another address, so that none is shown from a cache. */
const sourceOf = (url: string): string => (isOwn(url) ? url : `${GATEWAY}/api/v1/public/logo?of=${encodeURIComponent(url)}`);

export function Brand() {
  const site = useSite();
  const [missing, setMissing] = useState("");
  const url = site?.logo_url ?? "";
  return (
    <span className="brand cut">
      {url && url !== missing ? <img src={sourceOf(url)} alt="" height={20} onError={() => setMissing(url)} /> : null}
      {site?.name || "Gateway"}
    </span>
  );
}
